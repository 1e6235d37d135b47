import { randomBytes } from 'node:crypto';
import http from 'node:http';
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
  const agent = new http.Agent({ maxSockets: Infinity });

  beforeAll(async () => {
    drawbridge = await Drawbridge.start({ TOKEN_STORE: store });
    await drawbridge.addKey(TEST_PROFILE, TEST_KEY.toString('hex'));
    backup = writeEncryptedBackup(drawbridge.root, 'db.sql.enc', randomBytes(200_000));
  });
  afterAll(async () => {
    agent.destroy();
    await drawbridge.stop();
  });

  const get = (url: string) =>
    new Promise<Answer>((resolve, reject) => {
      http
        .get(url, { agent }, (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.once('end', () => {
            resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) });
          });
          response.once('error', reject);
        })
        .once('error', reject);
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
