// The alternative: decrypts as one would write it first, with what Node offers. No ranges, no links, no verdict, and the
// tag is checked when all bytes have gone out.
import { Buffer } from 'node:buffer';
import { createDecipheriv } from 'node:crypto';
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { KEY } from './files.mjs';

createServer((request, response) => {
  const path = join(process.env.ROOT, request.url.replace(/[^\w.-]/g, ''));
  if (request.url === '/') {
    response.end();
    return;
  }
  const { iv, authTag } = JSON.parse(readFileSync(`${path}.meta.json`, 'utf8')).encryption;
  const decipher = createDecipheriv('aes-256-gcm', KEY, Buffer.from(iv, 'hex'));
  decipher.setAuthTag(Buffer.from(authTag, 'hex'));
  response.setHeader('Content-Length', statSync(path).size);
  pipeline(createReadStream(path), decipher, response, () => undefined);
}).listen(Number(process.env.PORT), '127.0.0.1');
