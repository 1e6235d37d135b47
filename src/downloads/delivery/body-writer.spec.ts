import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../../../test/support/manual-clock.js';
import { BodyWriter, ConnectionLostError } from './body-writer.js';

const MORE_THAN_ALL_BUFFERS = 64 * 1024 * 1024;

/** Whether a promise has settled after everything that is due has run. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  promise.then(
    () => (settled = true),
    () => (settled = true),
  );
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  return settled;
}

describe('BodyWriter', () => {
  let server: Server;
  let client: Socket;
  let response: ServerResponse;
  let writer: BodyWriter;
  let received: Buffer[];
  let clock: ManualClock;

  /** A real response to a real client that reads only when the test lets it. */
  beforeEach(async () => {
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    client.on('error', () => undefined).pause();
    client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    [, response] = (await once(server, 'request')) as [unknown, ServerResponse];
    received = [];
    client.on('data', (chunk: Buffer) => received.push(chunk)).pause();
    clock = new ManualClock();
    writer = new BodyWriter(response, clock);
  });
  afterEach(async () => {
    client.destroy();
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });

  const head = (length: number) => {
    response.writeHead(200, { 'Content-Length': String(length) });
  };
  /** Waits for a body of `length` bytes. */
  const body = async (length: number) => {
    const first = () => Buffer.concat(received.slice(0, 1)).indexOf('\r\n\r\n') + 4;
    const arrived = () => received.reduce((sum, chunk) => sum + chunk.length, 0);
    while (arrived() < first() + length) await once(client, 'data');
    return Buffer.concat(received).subarray(first());
  };

  it('writes what it is given, in order, and counts what the kernel has taken', async () => {
    head(10);
    client.resume();
    await writer.write(Buffer.from('hello'));
    expect(writer.sent).toBe(5);
    await writer.write(Buffer.from(' world').subarray(0, 5));
    await writer.end();
    expect(writer.sent).toBe(10);
    expect(response.writableFinished).toBe(true);
    expect((await body(10)).toString()).toBe('hello worl');
  });

  it('takes an empty chunk and an empty body', async () => {
    head(0);
    await writer.write(new Uint8Array(0));
    await writer.end();
    expect(writer.sent).toBe(0);
    expect(response.writableFinished).toBe(true);
  });

  it('waits until the kernel has taken a chunk: its memory is then free again', async () => {
    const content = Buffer.alloc(MORE_THAN_ALL_BUFFERS, 'a');
    head(content.length);
    const writing = writer.write(content);
    expect(await isSettled(writing)).toBe(false);
    expect(writer.sent).toBe(0);
    client.resume();
    await writing;
    expect(writer.sent).toBe(content.length);
    content.fill('b');
    await writer.end();
    expect((await body(content.length)).includes('b')).toBe(false);
  });

  it('ends only when all is in the hands of the kernel', async () => {
    head(MORE_THAN_ALL_BUFFERS);
    const writing = writer.write(Buffer.alloc(MORE_THAN_ALL_BUFFERS));
    const ending = writing.then(() => writer.end());
    expect(await isSettled(ending)).toBe(false);
    client.resume();
    await ending;
    expect(response.writableFinished).toBe(true);
  });

  it.each([
    ['the client is reset', () => client.resetAndDestroy()],
    ['our side is destroyed', () => response.destroy()],
    ['the connection is destroyed', () => response.socket?.destroy()],
  ])('fails a write that is under way when %s', async (_, cut) => {
    head(MORE_THAN_ALL_BUFFERS);
    const writing = writer.write(Buffer.alloc(MORE_THAN_ALL_BUFFERS));
    expect(await isSettled(writing)).toBe(false);
    cut();
    await expect(writing).rejects.toBeInstanceOf(ConnectionLostError);
    expect(writer.sent).toBe(0);
  });

  it('fails every write and the end after the connection is gone', async () => {
    head(100);
    await writer.write(Buffer.alloc(10));
    response.destroy();
    await once(response, 'close');
    await expect(writer.write(Buffer.alloc(10))).rejects.toBeInstanceOf(ConnectionLostError);
    await expect(writer.end()).rejects.toBeInstanceOf(ConnectionLostError);
    expect(writer.sent).toBe(10);
  });

  it('fails at once when the response was destroyed before its close is told', async () => {
    head(100);
    response.destroy();
    await expect(writer.write(Buffer.alloc(10))).rejects.toBeInstanceOf(ConnectionLostError);
  });

  it('fails the end when the connection goes before all was taken', async () => {
    head(MORE_THAN_ALL_BUFFERS);
    // Past the writer, so that the end alone waits for it.
    response.write(Buffer.alloc(MORE_THAN_ALL_BUFFERS));
    const ending = writer.end();
    expect(await isSettled(ending)).toBe(false);
    client.resetAndDestroy();
    await expect(ending).rejects.toBeInstanceOf(ConnectionLostError);
  });

  it('counts the time in which the client is waited for, and no other', async () => {
    head(MORE_THAN_ALL_BUFFERS + 10);
    await writer.write(Buffer.alloc(10));
    expect(writer.pending).toBe(0);
    clock.advance(1_000);
    expect(writer.waitedMs).toBe(0);

    const writing = writer.write(Buffer.alloc(MORE_THAN_ALL_BUFFERS));
    expect(writer.pending).toBe(MORE_THAN_ALL_BUFFERS);
    clock.advance(300);
    expect(writer.waitedMs).toBe(300);
    client.resume();
    await writing;
    expect(writer.pending).toBe(0);
    clock.advance(1_000);
    expect(writer.waitedMs).toBe(300);

    await writer.end();
    clock.advance(50);
    expect(writer.waitedMs).toBe(350);
  });
});
