import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.js';

/** A reverse proxy from the system's packages in front of a service; `X-Forwarded-For` is set. */
export class Proxy {
  private constructor(
    /** Without a slash at its end. */
    readonly url: string,
    private readonly child: ChildProcess,
    private readonly home: string,
  ) {}

  /**
   * nginx as Debian ships it: HTTP/1.0 to the service, buffering on.
   * @param tuning directives for the location and the listening socket
   */
  static async nginx(upstream: string, tuning: { location?: string; listen?: string } = {}): Promise<Proxy> {
    const home = mkdtempSync(join(tmpdir(), 'drawbridge-nginx-'));
    // Its workers run as another user.
    chmodSync(home, 0o755);
    for (const kind of ['proxy', 'body', 'fastcgi', 'uwsgi', 'scgi']) mkdirSync(join(home, kind));
    const port = await freePort();
    writeFileSync(
      join(home, 'nginx.conf'),
      `worker_processes 1;
      pid ${home}/pid;
      error_log ${home}/error.log;
      events {}
      http {
        access_log off;
        client_body_temp_path ${home}/body;
        proxy_temp_path ${home}/proxy 1 2;
        fastcgi_temp_path ${home}/fastcgi;
        uwsgi_temp_path ${home}/uwsgi;
        scgi_temp_path ${home}/scgi;
        server {
          listen 127.0.0.1:${port} ${tuning.listen ?? ''};
          location / {
            proxy_pass ${upstream};
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            ${tuning.location ?? ''}
          }
        }
      }`,
    );
    return Proxy.start(
      'nginx',
      ['-p', home, '-c', join(home, 'nginx.conf'), '-g', 'daemon off;'],
      home,
      port,
    );
  }

  static async haproxy(upstream: string): Promise<Proxy> {
    const home = mkdtempSync(join(tmpdir(), 'drawbridge-haproxy-'));
    const port = await freePort();
    writeFileSync(
      join(home, 'haproxy.cfg'),
      `defaults
        mode http
        timeout connect 5s
        timeout client 60s
        timeout server 60s
        option forwardfor
      frontend front
        bind 127.0.0.1:${port}
        default_backend service
      backend service
        server one ${new URL(upstream).host}\n`,
    );
    return Proxy.start('haproxy', ['-f', join(home, 'haproxy.cfg'), '-db'], home, port);
  }

  private static async start(program: string, args: string[], home: string, port: number): Promise<Proxy> {
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let output = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
    const proxy = new Proxy(`http://127.0.0.1:${port}`, child, home);
    while (!(await answers(port))) {
      if (child.exitCode !== null) throw new Error(`${program} ended by itself: ${output}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return proxy;
  }

  /** The same address through the proxy. */
  through(url: string): string {
    const { pathname, search } = new URL(url);
    return this.url + pathname + search;
  }

  /** Not empty once nginx has kept anything on its disk: it leaves the folders of its temporary files behind. */
  temporaryFolders(): string[] {
    const folder = join(this.home, 'proxy');
    return existsSync(folder) ? readdirSync(folder) : [];
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'close');
    this.child.kill('SIGTERM');
    await ended;
    rmSync(this.home, { recursive: true });
  }
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
