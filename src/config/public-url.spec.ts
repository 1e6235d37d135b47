import { describe, expect, it } from '@jest/globals';
import { publicUrlOf, publicUrlWarning } from './public-url.js';

describe('publicUrlOf', () => {
  it('is PUBLIC_URL, else this host at its port', () => {
    expect(publicUrlOf({ publicUrl: 'https://backup.example/x', port: 3000, tls: undefined })).toBe(
      'https://backup.example/x',
    );
    expect(publicUrlOf({ publicUrl: undefined, port: 8080, tls: undefined })).toBe('http://localhost:8080');
    const tls = { certFile: '/c.pem', keyFile: '/k.pem' };
    expect(publicUrlOf({ publicUrl: undefined, port: 8443, tls })).toBe('https://localhost:8443');
  });
});

describe('publicUrlWarning', () => {
  const warning = (publicUrl: string | undefined, host: string) =>
    publicUrlWarning({ publicUrl, host, port: 3000, tls: undefined });

  it.each([
    [undefined, '0.0.0.0'],
    [undefined, '::'],
    [undefined, '192.168.1.5'],
    [undefined, 'backup.example'],
    ['http://localhost:3000', '0.0.0.0'],
    ['http://LOCALHOST', '0.0.0.0'],
    ['http://127.0.0.1:3000', '::'],
    ['http://127.1.2.3', '0.0.0.0'],
    ['http://127.1', '0.0.0.0'],
    ['http://2130706433', '0.0.0.0'],
    ['https://[::1]:3000/x', '0.0.0.0'],
    ['https://[0:0:0:0:0:0:0:1]', '0.0.0.0'],
  ])('tells that links to %s work nowhere else, when listening on %s', (publicUrl, host) => {
    expect(warning(publicUrl, host)).toContain('Set PUBLIC_URL');
  });

  it.each([
    [undefined, '127.0.0.1'],
    [undefined, 'localhost'],
    [undefined, '::1'],
    ['http://127.0.0.1:3000', '127.0.0.1'],
    ['https://backup.example', '0.0.0.0'],
    ['https://backup.example', '127.0.0.1'],
    ['https://localhost.example', '0.0.0.0'],
    ['https://127.0.0.1.example', '0.0.0.0'],
    ['http://128.0.0.1', '0.0.0.0'],
    ['http://192.168.1.5:3000', '0.0.0.0'],
    ['http://[2001:db8::1]', '::'],
  ])('is silent about %s on %s', (publicUrl, host) => {
    expect(warning(publicUrl, host)).toBeUndefined();
  });
});
