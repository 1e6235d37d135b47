import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { promisify } from 'node:util';

const run = promisify(execFile);
const NAMES = 'subjectAltName=DNS:localhost,IP:127.0.0.1';

/** Makes key and self-signed certificate for localhost, for a day, in place of what was there. */
export async function makeCertificate(certFile: string, keyFile: string): Promise<void> {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', keyFile];
  const subject = ['-subj', '/CN=localhost', '-addext', NAMES, '-days', '1'];
  await run('openssl', ['req', '-x509', ...key, ...subject, '-out', certFile]);
}

/** A certificate in a temporary folder, which this process trusts until `remove` is called. */
export async function trustedCertificate() {
  const folder = await mkdtemp(join(tmpdir(), 'drawbridge-tls-'));
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  await makeCertificate(certFile, keyFile);
  const trusted = getCACertificates('default');
  const trust = async () => {
    setDefaultCACertificates([...trusted, await readFile(certFile, 'utf8')]);
  };
  await trust();
  return {
    folder,
    certFile,
    keyFile,
    /** Again, for a new one in its place. */
    trust,
    remove: async () => {
      setDefaultCACertificates(trusted);
      await rm(folder, { recursive: true });
    },
  };
}
