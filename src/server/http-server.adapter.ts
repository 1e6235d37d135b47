import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { ExpressAdapter } from '@nestjs/platform-express';
import type { AppConfig } from '../config/app-config.js';
import { CertificateFiles } from './certificate-files.js';
import { CertificateReloader } from './certificate-reloader.js';

/** What a client may take to ask; see docs/decisions/0008. The time for an answer is the download limits' matter. */
const LIMITS = {
  /** All headers, from the first byte on (or from the connection). */
  headersTimeout: 15_000,
  /** The whole request with its body. */
  requestTimeout: 60_000,
  /** Without a next request. */
  keepAliveTimeout: 5_000,
  /** How often those are looked at. */
  connectionsCheckingInterval: 5_000,
  /** Request line and headers, in bytes: more is a 431. */
  maxHeaderSize: 16 * 1024,
} as const;
const HANDSHAKE_TIMEOUT_MS = 15_000;
/** What is not idle when the server closes, and is no download either, gets so long. */
const CLOSE_MS = 2_000;

/** Express on a server with all limits set, with TLS when the configuration has a certificate. */
export class HttpServerAdapter extends ExpressAdapter {
  private readonly certificates: CertificateFiles | undefined;

  /** @throws ConfigError when the certificate cannot be used */
  constructor({ tls }: Pick<AppConfig, 'tls'>) {
    super();
    this.certificates = tls && new CertificateFiles(tls);
    this.certificates?.read();
  }

  override initHttpServer(): void {
    this.setHttpServer(this.certificates ? this.tlsServer(this.certificates) : this.plainServer());
  }

  override async close(): Promise<void> {
    const server = this.getHttpServer() as Server;
    const timer = setTimeout(() => {
      server.closeAllConnections();
    }, CLOSE_MS);
    await super.close();
    clearTimeout(timer);
  }

  private plainServer(): Server {
    return createServer(LIMITS, this.listener);
  }

  private tlsServer(certificates: CertificateFiles): Server {
    const options = { ...LIMITS, handshakeTimeout: HANDSHAKE_TIMEOUT_MS, ...certificates.read() };
    const server = createTlsServer(options, this.listener);
    const reloader = new CertificateReloader(certificates, server);
    server.once('close', () => {
      reloader.stop();
    });
    return server;
  }

  private get listener() {
    return this.getInstance<RequestListener>();
  }
}
