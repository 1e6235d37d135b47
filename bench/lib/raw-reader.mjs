import { Buffer } from 'node:buffer';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';

const { performance } = globalThis;

/**
 * Reads an answer as fast as a socket gives it, and keeps nothing of it: slower clients would be what is measured.
 * @param {{range?: string, stopAfter?: number}} options `stopAfter`: bytes of the body after which it breaks off
 * @returns {Promise<{bytes: number, seconds: number, firstByteMs: number}>} of the body
 */
export async function readRaw(url, { range, stopAfter = Infinity } = {}) {
  const { hostname, port, pathname, search } = new URL(url);
  const started = performance.now();
  let head = '';
  let wanted = Infinity;
  let bytes = 0;
  let firstByteMs = 0;
  const buffer = Buffer.allocUnsafeSlow(1024 * 1024);
  const callback = (length) => {
    let body = length;
    if (wanted === Infinity) {
      head += buffer.latin1Slice(0, length);
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return true;
      if (!/^HTTP\/1\.1 20[06]/.test(head)) throw new Error(head.slice(0, 500));
      wanted = Math.min(Number(/content-length: (\d+)/i.exec(head)[1]), stopAfter);
      body = head.length - end - 4;
    }
    if (bytes === 0 && body > 0) firstByteMs = performance.now() - started;
    bytes += body;
    if (bytes >= wanted) socket.destroy();
    return true;
  };
  const socket = connect({ host: hostname, port, onread: { buffer, callback } });
  socket.write(
    `GET ${pathname}${search} HTTP/1.1\r\nHost: bench\r\n${range ? `Range: bytes=${range}\r\n` : ''}\r\n`,
  );
  await once(socket, 'close');
  if (bytes < wanted) throw new Error(`Only ${bytes} bytes came`);
  return { bytes, seconds: (performance.now() - started) / 1000, firstByteMs };
}

/** The same by curl. */
export async function readByCurl(url) {
  const started = performance.now();
  const curl = spawn('curl', ['-sS', '-f', '-o', '/dev/null', url], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = await once(curl, 'close');
  if (code !== 0) throw new Error(`curl ended with ${code}`);
  return { seconds: (performance.now() - started) / 1000 };
}
