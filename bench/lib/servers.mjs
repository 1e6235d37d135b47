import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { KEY } from './files.mjs';

const { fetch } = globalThis;
const here = (name) => fileURLToPath(new URL(name, import.meta.url));

/** Any server under test: `url(file)` is what a client gets, `stop()` ends it. */
async function launch(program, args, env, answersAt) {
  const child = spawn(program, args, {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ready = () =>
    fetch(answersAt).then(
      () => true,
      () => sleep(50, false),
    );
  while (!(await ready())) if (child.exitCode !== null) throw new Error(`${program} did not start`);
  return {
    pid: child.pid,
    async stop() {
      const ended = once(child, 'close');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** This service, as it is built. @returns also `mint(file)`: a link of its own for each download */
export async function startDrawbridge(home, root) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const adminKey = randomBytes(24).toString('hex');
  const env = {
    PORT: String(port),
    PUBLIC_URL: url,
    DATA_DIR: join(home, 'data'),
    LOCAL_STORAGE_ROOTS: root,
  };
  const server = await launch(
    process.execPath,
    [here('../../dist/main.js')],
    { ...env, ADMIN_API_KEY: adminKey, DEMO: 'false', LOG_LEVEL: 'error' },
    `${url}/health/ready`,
  );
  const call = async (path, body) => {
    const headers = { Authorization: `Bearer ${adminKey}`, 'Content-Type': 'application/json' };
    const response = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  const material = KEY.toString('hex');
  await call('/api/encryption-keys', { name: 'bench', format: 'dbackup', id: 'bench', material });
  const { id } = await call('/api/storage', { name: 'bench', adapter: 'local', config: { root } });
  const mint = async (file) => (await call(`/api/storage/${id}/download-url`, { file })).url;
  return { ...server, mint };
}

/** What one would write first: see naive-server.mjs. */
export async function startNaive(root) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = await launch(
    process.execPath,
    [here('naive-server.mjs')],
    { PORT: String(port), ROOT: root },
    url,
  );
  return { ...server, mint: (file) => Promise.resolve(`${url}/${file}`) };
}

/** nginx with sendfile, for the plain bytes. */
export async function startNginx(home, root) {
  const port = await freePort();
  const folder = join(home, 'nginx');
  mkdirSync(folder);
  writeFileSync(
    join(folder, 'nginx.conf'),
    `user root;
    worker_processes 1;
    pid ${folder}/pid;
    error_log ${folder}/error.log;
    events {}
    http {
      access_log off;
      sendfile on;
      client_body_temp_path ${folder};
      proxy_temp_path ${folder};
      fastcgi_temp_path ${folder};
      uwsgi_temp_path ${folder};
      scgi_temp_path ${folder};
      server { listen 127.0.0.1:${port}; root ${root}; }
    }
    `,
  );
  const url = `http://127.0.0.1:${port}`;
  const args = ['-p', folder, '-c', join(folder, 'nginx.conf'), '-g', 'daemon off;'];
  const server = await launch('nginx', args, {}, url);
  return { ...server, mint: (file) => Promise.resolve(`${url}/${file}`) };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
