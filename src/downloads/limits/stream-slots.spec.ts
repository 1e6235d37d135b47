import { describe, expect, it } from '@jest/globals';
import { StreamSlots } from './stream-slots.js';

describe('StreamSlots', () => {
  it('has so many places, and one again for each that is left', () => {
    const slots = new StreamSlots(2);
    const leave = slots.enter();
    slots.enter();
    expect(() => slots.enter()).toThrow(
      expect.objectContaining({ status: 503, code: 'too-many-streams', headers: { 'Retry-After': '5' } }),
    );
    leave();
    slots.enter();
    expect(slots.count).toBe(2);
  });

  it('is left once, however often it is said', () => {
    const slots = new StreamSlots(2);
    const leave = slots.enter();
    slots.enter();
    leave();
    leave();
    expect(slots.count).toBe(1);
  });
});
