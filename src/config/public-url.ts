import type { AppConfig } from './app-config.js';

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/i;

type UrlSettings = Pick<AppConfig, 'publicUrl' | 'port' | 'tls'>;

/** What every link starts with, whatever a request's headers say. */
export function publicUrlOf({ publicUrl, port, tls }: UrlSettings): string {
  return publicUrl ?? `http${tls ? 's' : ''}://localhost:${port}`;
}

/** Links that only work on this host, from a service that others can reach, are a mistake worth telling. */
export function publicUrlWarning(config: UrlSettings & Pick<AppConfig, 'host'>): string | undefined {
  const linksAreLocal = LOOPBACK.test(new URL(publicUrlOf(config)).hostname);
  const listensLocally = LOOPBACK.test(config.host) || config.host === '::1';
  return linksAreLocal && !listensLocally
    ? 'PUBLIC_URL points at this host itself, so links work only here. Set PUBLIC_URL to the address others use.'
    : undefined;
}
