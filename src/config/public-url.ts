import type { AppConfig } from './app-config.js';

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/i;

/** What every link starts with, whatever a request's headers say. */
export function publicUrlOf({ publicUrl, port }: Pick<AppConfig, 'publicUrl' | 'port'>): string {
  return publicUrl ?? `http://localhost:${port}`;
}

/** Links that only work on this host, from a service that others can reach, are a mistake worth telling. */
export function publicUrlWarning(config: Pick<AppConfig, 'publicUrl' | 'port' | 'host'>): string | undefined {
  const linksAreLocal = LOOPBACK.test(new URL(publicUrlOf(config)).hostname);
  const listensLocally = LOOPBACK.test(config.host) || config.host === '::1';
  return linksAreLocal && !listensLocally
    ? 'PUBLIC_URL points at this host itself, so links work only here. Set PUBLIC_URL to the address others use.'
    : undefined;
}
