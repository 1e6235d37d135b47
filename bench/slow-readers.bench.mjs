// 200 clients that ask for 1 GiB and read nothing: what each costs in memory, what others feel of it, what stays.
// Options: --clients=200 --read=0 (MiB that each takes before it stalls)
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const { fetch, performance } = globalThis;
const option = (name, otherwise) =>
  Number(process.argv.find((arg) => arg.startsWith(`--${name}=`))?.split('=')[1] ?? otherwise);
const CLIENTS = option('clients', 200);
const READ_BYTES = option('read', 0) * 2 ** 20;
const SIZE = 2 ** 30;
const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

const home = mkdtempSync(join(tmpdir(), 'drawbridge-bench-'));
const root = join(home, 'backups');
mkdirSync(root);
// Nobody gets to the end, so the content may be anything: a file without blocks on the disk.
writeFileSync(join(root, 'big.sql.enc'), '');
truncateSync(join(root, 'big.sql.enc'), SIZE);
const encryption = { enabled: true, profileId: 'bench', algorithm: 'aes-256-gcm' };
const sidecar = { version: 1, encryption: { ...encryption, iv: '00'.repeat(12), authTag: '00'.repeat(16) } };
writeFileSync(join(root, 'big.sql.enc.meta.json'), JSON.stringify(sidecar));

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
const port = await freePort();
const url = `http://127.0.0.1:${port}`;
const adminKey = randomBytes(24).toString('hex');
const service = spawn(process.execPath, [MAIN], {
  env: {
    ...{ PATH: process.env.PATH, PORT: String(port), PUBLIC_URL: url, DATA_DIR: join(home, 'data') },
    ...{ LOCAL_STORAGE_ROOTS: root, ADMIN_API_KEY: adminKey, DEMO: 'false', LOG_LEVEL: 'error' },
  },
  stdio: ['ignore', 'ignore', 'inherit'],
});

const call = async (method, path, body) => {
  const headers = { Authorization: `Bearer ${adminKey}`, 'Content-Type': 'application/json' };
  const response = await fetch(url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.json();
};
const memory = (line) =>
  Number(new RegExp(`${line}:\\s+(\\d+)`).exec(readFileSync(`/proc/${service.pid}/status`, 'latin1'))?.[1]);
const descriptors = () => readdirSync(`/proc/${service.pid}/fd`).length;
const percentile = (times, share) => times.sort((a, b) => a - b)[Math.ceil(times.length * share) - 1];

/** A client that takes a little and then nothing. */
function stall(link) {
  const { pathname, search } = new URL(link);
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let received = 0;
    socket.once('error', reject).on('data', (chunk) => {
      received += chunk.length;
      if (received < READ_BYTES || received < 100) return;
      socket.pause();
      resolve(socket);
    });
    socket.write(`GET ${pathname}${search} HTTP/1.1\r\nHost: bench\r\n\r\n`);
  });
}

/** Milliseconds of requests that others make, one after the other. */
async function others(count, storageId) {
  const times = { health: [], list: [], mint: [] };
  const timed = async (kind, ...request) => {
    const started = performance.now();
    await call(...request);
    times[kind].push(performance.now() - started);
  };
  for (let i = 0; i < count; i++) {
    await timed('health', 'GET', '/health/ready');
    await timed('list', 'GET', '/api/downloads?limit=20');
    await timed('mint', 'POST', `/api/storage/${storageId}/download-url`, { file: 'big.sql.enc' });
  }
  return [...times.health, ...times.list, ...times.mint];
}

const tell = (what, value) => console.log(`${what.padEnd(52)} ${value}`);
try {
  while (
    !(await fetch(`${url}/health/ready`).then(
      ({ ok }) => ok,
      () => sleep(50, false),
    ))
  ) {
    if (service.exitCode !== null) throw new Error('The service did not start: run "npm run build" first.');
  }
  const material = '07'.repeat(32);
  await call('POST', '/api/encryption-keys', { name: 'bench', format: 'dbackup', id: 'bench', material });
  const { id } = await call('POST', '/api/storage', { name: 'bench', adapter: 'local', config: { root } });
  const mint = () => call('POST', `/api/storage/${id}/download-url`, { file: 'big.sql.enc' });

  // One that takes much and leaves: what a first download loads and allocates is not the others' cost.
  const warm = await stall((await mint()).url);
  warm.resume();
  await sleep(500);
  warm.destroy();
  const quiet = await others(100, id);
  const links = [];
  for (let i = 0; i < CLIENTS; i++) links.push(await mint());
  await sleep(1_000);
  const before = { rss: memory('VmRSS'), descriptors: descriptors() };

  const opening = Promise.all(links.map((link) => stall(link.url)));
  const busy = await others(60, id);
  const sockets = await opening;
  await sleep(3_000);
  const during = { rss: memory('VmRSS'), descriptors: descriptors() };
  const stalled = await others(300, id);
  const peak = memory('VmRSS');
  for (const socket of sockets) socket.destroy();
  await sleep(3_000);
  const after = { rss: memory('VmRSS'), descriptors: descriptors() };

  tell('stalled readers', sockets.length);
  tell('memory of each, KiB of RSS', ((during.rss - before.rss) / CLIENTS).toFixed(0));
  tell(
    'service before, during, peak, after, MiB',
    [before.rss, during.rss, peak, after.rss].map((kib) => (kib / 1024).toFixed(0)).join(', '),
  );
  tell('high-water mark, MiB', (memory('VmHWM') / 1024).toFixed(0));
  tell(
    'other requests, quiet service: p50, p99, ms',
    `${percentile(quiet, 0.5).toFixed(1)}, ${percentile(quiet, 0.99).toFixed(1)}`,
  );
  tell(
    'while the readers come: p50, p99, ms',
    `${percentile(busy, 0.5).toFixed(1)}, ${percentile(busy, 0.99).toFixed(1)}`,
  );
  tell(
    'while they are stalled: p50, p99, ms',
    `${percentile(stalled, 0.5).toFixed(1)}, ${percentile(stalled, 0.99).toFixed(1)}`,
  );
  tell(
    'descriptors before, during, after',
    `${before.descriptors}, ${during.descriptors}, ${after.descriptors}`,
  );
} finally {
  service.kill('SIGKILL');
  rmSync(home, { recursive: true, force: true });
}
