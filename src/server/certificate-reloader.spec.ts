import { once } from 'node:events';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { makeCertificate } from '../../test/support/certificates.js';
import { describeWithProgram } from '../../test/support/service.js';
import { ConfigError } from '../config/config-error.js';
import { CertificateFiles } from './certificate-files.js';
import { CertificateReloader } from './certificate-reloader.js';

describeWithProgram('openssl', 'the certificate', () => {
  let folder: string;
  let certFile: string;
  let keyFile: string;
  let files: CertificateFiles;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'drawbridge-tls-'));
    [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    await makeCertificate(certFile, keyFile);
    files = new CertificateFiles({ certFile, keyFile });
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it.each([
    ['no certificate', () => rm(certFile), 'TLS_CERT_FILE takes a file'],
    ['no key', () => rm(keyFile), 'TLS_KEY_FILE takes a file'],
    ['a certificate that is none', () => writeFile(certFile, 'x'), 'TLS_CERT_FILE takes a certificate'],
    ['a key that is none', () => writeFile(keyFile, 'x'), 'TLS_KEY_FILE takes a private key'],
    [
      'the key of another',
      () => makeCertificate(join(folder, 'other.pem'), keyFile),
      'TLS_KEY_FILE takes the private key of the certificate',
    ],
  ])('names the variable at fault and not its file: %s', async (_, damage, message) => {
    expect(files.read().minVersion).toBe('TLSv1.2');
    await damage();
    const error = (() => {
      try {
        return files.read();
      } catch (failure) {
        return failure;
      }
    })();
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as ConfigError).message).toContain(message);
    expect((error as ConfigError).message).not.toContain(folder);
  });

  describeWithProgram('openssl', 'when it changes', () => {
    let server: Server;
    let reloader: CertificateReloader;
    let complaints: unknown[];
    beforeEach(async () => {
      complaints = [];
      jest.spyOn(Logger.prototype, 'error').mockImplementation((text: unknown) => void complaints.push(text));
      jest.spyOn(Logger.prototype, 'log').mockReturnValue(undefined);
      server = createServer({ ...files.read() }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      reloader = new CertificateReloader(files, server, 20);
    });
    afterEach(async () => {
      reloader.stop();
      server.close();
      await once(server, 'close');
      jest.restoreAllMocks();
    });

    /** The fingerprint that a new connection sees. */
    async function seen(maxVersion: 'TLSv1.1' | 'TLSv1.3' = 'TLSv1.3'): Promise<string> {
      const { port } = server.address() as AddressInfo;
      const socket = connect({
        ...{ port, host: '127.0.0.1', rejectUnauthorized: false },
        ...{ minVersion: 'TLSv1', maxVersion, ciphers: 'DEFAULT@SECLEVEL=0' },
      });
      await once(socket, 'secureConnect');
      const { fingerprint256 } = socket.getPeerCertificate();
      socket.destroy();
      return fingerprint256;
    }

    async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
      while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 10));
    }

    it('serves new connections with the new one, and old versions of TLS still not', async () => {
      const first = await seen();
      await makeCertificate(certFile, keyFile);
      await until(async () => (await seen()) !== first);
      await expect(seen('TLSv1.1')).rejects.toThrow(/protocol version/i);
    });

    it('keeps the old one while the new pair is not whole, and says so without a path', async () => {
      const first = await seen();
      const [newCert, newKey] = [join(folder, 'new-cert.pem'), join(folder, 'new-key.pem')];
      await makeCertificate(newCert, newKey);
      await rename(newCert, certFile);
      await until(() => complaints.length > 0);
      expect(JSON.stringify(complaints)).toContain('TLS_KEY_FILE takes the private key');
      expect(JSON.stringify(complaints)).not.toContain(folder);
      expect(await seen()).toBe(first);
      await rename(newKey, keyFile);
      await until(async () => (await seen()) !== first);
    });
  });
});
