import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Drawbridge } from './support/drawbridge.js';
import {
  TEST_KEY,
  TEST_PROFILE,
  writeEncryptedBackup,
  type EncryptedBackup,
} from './support/encrypted-backup.js';

const ROUNDS = 10;
const CLIENTS = 2000;

interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

describe.each(['memory', 'database'])('one link, many clients at once (G1), store %s', (store) => {
  let drawbridge: Drawbridge;
  let backup: EncryptedBackup;

  beforeAll(async () => {
    drawbridge = await Drawbridge.start({ TOKEN_STORE: store });
    await drawbridge.addKey(TEST_PROFILE, TEST_KEY.toString('hex'));
    backup = writeEncryptedBackup(drawbridge.root, 'db.sql.enc', randomBytes(200_000));
  });
  afterAll(async () => {
    await drawbridge.stop();
  });

  /**
   * A GET over a bare socket. Losers reset their connection afterwards, which leaves nothing behind; 40,000 that close
   * would be remembered by the kernel for a minute each and slow every other test down.
   */
  const get = (url: string) =>
    new Promise<Answer>((resolve, reject) => {
      const { hostname, port, pathname, search } = new URL(url);
      const socket = connect(Number(port), hostname).once('error', reject);
      socket.write(`GET ${pathname}${search} HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`);
      let received = Buffer.alloc(0);
      socket.on('data', (chunk: Buffer) => {
        received = Buffer.concat([received, chunk]);
        const head = received.indexOf('\r\n\r\n');
        if (head < 0) return;
        const text = received.toString('latin1', 0, head);
        const body = received.subarray(head + 4);
        if (body.length < Number(/^content-length: (\d+)$/im.exec(text)?.[1])) return;
        const status = Number(text.slice(9, 12));
        socket.once('close', () => {
          resolve({ status, body });
        });
        if (status === 200) socket.end();
        else socket.resetAndDestroy();
      });
    });

  it(`of ${CLIENTS} simultaneous GETs exactly one gets the file, ${ROUNDS} times`, async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const link = await drawbridge.mint(backup.file);
      const answers = await Promise.all(Array.from({ length: CLIENTS }, () => get(link.url)));
      const winners = answers.filter((answer) => answer.status === 200);
      expect(winners).toHaveLength(1);
      expect(winners[0]?.body.equals(backup.plain)).toBe(true);
      for (const loser of answers.filter((answer) => answer.status !== 200)) {
        expect([401, 409]).toContain(loser.status);
        expect(JSON.parse(loser.body.toString())).toMatchObject({ success: false });
      }
      expect(await drawbridge.stateOf(link.id, ['used'])).toBe('used');
    }
  }, 120_000);
});
