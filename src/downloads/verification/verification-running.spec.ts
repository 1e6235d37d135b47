import { describe, expect, it } from '@jest/globals';
import { verificationRunning } from './verification-running.js';

describe('verificationRunning', () => {
  it.each([
    [undefined, '5'],
    [Infinity, '5'],
    [0, '2'],
    [1_999, '2'],
    [7_001, '8'],
    [3_600_000, '30'],
  ])('with %s ms to go asks to come back after %s s', (remainingMs, seconds) => {
    expect(verificationRunning(remainingMs)).toMatchObject({
      status: 503,
      code: 'verification-running',
      headers: { 'Retry-After': seconds },
    });
  });
});
