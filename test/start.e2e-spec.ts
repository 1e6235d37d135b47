import { writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DrawbridgeHome } from './support/drawbridge-process.js';
import { freePort } from './support/free-port.js';

const WRONG: readonly (readonly [name: string, value: string])[] = [
  ['PORT', 'eighty'],
  ['HOST', 'no such host'],
  ['PUBLIC_URL', 'ftp://wrong.example'],
  ['ENCRYPTION_KEY', 'too-short-to-be-a-key'],
  ['ADMIN_API_KEY', 'too-short-to-be-safe'],
  ['TOKEN_TTL_MS', '5 minutes'],
  ['TOKEN_STORE', 'floppy'],
  ['TRUSTED_PROXIES', 'everybody'],
  ['LOCAL_STORAGE_ROOTS', 'relative/folder'],
  ['LOG_LEVEL', 'chatty'],
];

describe('a start that cannot be', () => {
  let home: DrawbridgeHome;
  beforeAll(() => {
    home = new DrawbridgeHome();
  });
  afterAll(async () => {
    await home.remove();
  });

  async function failure(environment: Record<string, string>, port?: number): Promise<string> {
    const service = home.launch(port ?? (await freePort()), environment);
    expect(await service.ended).toEqual({ code: 1, signal: null });
    expect(service.stdout).toBe('');
    expect(service.stderr).toMatch(/^Drawbridge cannot start\. /);
    return service.stderr;
  }

  it('names each variable that is wrong and what it takes, never its value', async () => {
    const stderr = await failure(Object.fromEntries(WRONG));
    for (const [name, value] of WRONG) {
      expect(stderr).toMatch(new RegExp(`^  - ${name} takes `, 'm'));
      expect(stderr).not.toContain(value);
    }
    // One line a variable, and no stack.
    expect(stderr.trim().split('\n')).toHaveLength(1 + WRONG.length);
  });

  it('names PORT when another program has it', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const stderr = await failure({}, (other.address() as AddressInfo).port);
    other.close();
    expect(stderr).toContain('PORT is in use');
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it('names DATA_DIR when it cannot be written to', async () => {
    // A folder below a file can be made by nobody, not even by root.
    const file = join(home.home, 'file');
    writeFileSync(file, '');
    const stderr = await failure({ DATA_DIR: join(file, 'data') });
    expect(stderr).toMatch(/^ {2}- DATA_DIR takes /m);
    expect(stderr).not.toContain(home.home);
  });
});
