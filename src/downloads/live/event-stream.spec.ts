import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { eventually } from '../../../test/support/eventually.js';
import { EventStream } from './event-stream.js';
import type { LiveEvent } from './live-event.js';

const event: LiveEvent = {
  type: 'progress',
  data: { id: 'a', state: 'active', bytes: 1, size: 2, rate: 3, client: null, at: '' },
};

// Real: server, client, sockets.
describe('EventStream', () => {
  let server: Server;
  let response: ServerResponse;
  let answer: IncomingMessage;
  let stream: EventStream;
  const onDrain = jest.fn();
  const onClose = jest.fn();

  async function open(heartbeatMs?: number): Promise<void> {
    const asked = once(server, 'request') as Promise<[IncomingMessage, ServerResponse]>;
    const client = request({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' });
    client.on('error', () => undefined).end();
    [, response] = await asked;
    const answered = once(client, 'response') as Promise<[IncomingMessage]>;
    stream = new EventStream(response, { onDrain, onClose, ...(heartbeatMs && { heartbeatMs }) });
    [answer] = await answered;
    answer.on('error', () => undefined);
  }

  beforeEach(async () => {
    jest.clearAllMocks();
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(async () => {
    stream.end();
    answer.destroy();
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  async function rest(): Promise<string> {
    let text = '';
    for await (const chunk of answer) text += String(chunk);
    return text;
  }

  it('sends headers at once, then events, and ends well', async () => {
    await open();
    expect(answer.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    expect(stream.send(event)).toBe(true);
    stream.end();
    expect(await rest()).toBe(`:\n\nevent: progress\ndata: ${JSON.stringify(event.data)}\n\n`);
    expect(onClose).toHaveBeenCalledTimes(1);
    expect([stream.send(event), response.listenerCount('drain')]).toEqual([false, 0]);
    stream.end();
    expect(onClose).toHaveBeenCalledTimes(1);
  });

  it('is kept alive by comments', async () => {
    await open(5);
    let text = '';
    answer.on('data', (chunk) => (text += String(chunk)));
    await eventually('three heartbeats', () => text.startsWith(':\n\n'.repeat(4)), 5_000);
  });

  it.each([true, false])(
    'notices a watcher that leaves, half-open connections allowed: %s',
    async (allowed) => {
      (server as Server & { httpAllowHalfOpen: boolean }).httpAllowHalfOpen = allowed;
      await open();
      answer.destroy();
      await eventually('closed', () => onClose.mock.calls.length === 1, 5_000);
      expect(stream.send(event)).toBe(false);
    },
  );

  it('says when the watcher is full, and when it can take more', async () => {
    await open();
    answer.pause();
    while (stream.send(event));
    expect(onDrain).not.toHaveBeenCalled();
    answer.resume();
    await eventually('drained', () => onDrain.mock.calls.length > 0, 5_000);
  });

  it('leaves a watcher that takes nothing any more', async () => {
    await open(20);
    answer.pause();
    // Past every buffer of both kernels.
    while (response.writableLength < 20_000_000) response.write(Buffer.alloc(1_000_000, ' '));
    await eventually('closed', () => onClose.mock.calls.length === 1, 5_000);
    expect(response.destroyed).toBe(true);
  });
});
