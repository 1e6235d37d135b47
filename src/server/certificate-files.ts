import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import type { TlsFiles } from '../config/app-config.js';
import { ConfigError } from '../config/config-error.js';

/** What a TLS server is made of; the older versions of TLS are broken (RFC 8996). */
export interface Certificate {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly minVersion: 'TLSv1.2';
}

/** The files that TLS_CERT_FILE and TLS_KEY_FILE name. */
export class CertificateFiles {
  constructor(private readonly files: TlsFiles) {}

  /** @throws ConfigError that names the variable at fault, never its file */
  read(): Certificate {
    const cert = readPem(this.files.certFile, 'TLS_CERT_FILE');
    const key = readPem(this.files.keyFile, 'TLS_KEY_FILE');
    const certificate = parse(
      () => new X509Certificate(cert),
      'TLS_CERT_FILE takes a certificate as PEM, the chain behind it',
    );
    const privateKey: KeyObject = parse(
      () => createPrivateKey(key),
      'TLS_KEY_FILE takes a private key as PEM, without a password',
    );
    if (!certificate.checkPrivateKey(privateKey))
      throw new ConfigError(['TLS_KEY_FILE takes the private key of the certificate in TLS_CERT_FILE']);
    const read = { cert, key, minVersion: 'TLSv1.2' } as const;
    parse(() => createSecureContext(read), 'TLS_CERT_FILE takes a certificate with its whole chain, as PEM');
    return read;
  }

  /** Changes when one of the files does, or is replaced. */
  async stamp(): Promise<string> {
    const stamps = [this.files.certFile, this.files.keyFile].map(async (file) => {
      // Links are followed: who rotates secrets often turns a link.
      const { ino, mtimeMs, size } = await stat(file);
      return [ino, mtimeMs, size].join(':');
    });
    return (await Promise.all(stamps).catch(() => ['missing'])).join(' ');
  }
}

function readPem(file: string, variable: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    throw new ConfigError([`${variable} takes a file that this user can read`]);
  }
}

function parse<T>(action: () => T, problem: string): T {
  try {
    return action();
  } catch {
    throw new ConfigError([problem]);
  }
}
