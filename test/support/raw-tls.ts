import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect as startTls, type TLSSocket } from 'node:tls';

/** TLS over a connection of ours, so that tests can end what is below it. The certificate is not looked at. */
export async function overTls(below: Socket): Promise<TLSSocket> {
  const secured = startTls({ socket: below, rejectUnauthorized: false });
  await once(secured, 'secureConnect');
  secured.on('error', () => undefined);
  return secured;
}
