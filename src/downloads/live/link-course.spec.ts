import { describe, expect, it } from '@jest/globals';
import type { AttemptProgressEvent } from '../../common/events.js';
import { LinkCourse } from './link-course.js';

const report = (more: Partial<AttemptProgressEvent>): AttemptProgressEvent => ({
  linkId: 'link',
  attemptId: 'a1',
  transferId: 't1',
  client: '192.0.2.7',
  size: 1000,
  earlier: [],
  start: 0,
  sent: 0,
  rate: 10,
  ...more,
});

describe('LinkCourse', () => {
  it('counts each byte once, over attempts one after another', () => {
    const course = new LinkCourse();
    expect([course.bytes, course.rate, course.client]).toEqual([0, 0, null]);
    course.progressed(report({ sent: 300 }));
    course.ended('a1', 350);
    expect([course.bytes, course.rate]).toEqual([350, 0]);
    course.progressed(report({ attemptId: 'a2', start: 200, sent: 400 }));
    expect([course.bytes, course.rate, course.client]).toEqual([600, 10, '192.0.2.7']);
  });

  it('adds up attempts side by side', () => {
    const course = new LinkCourse();
    course.progressed(report({ sent: 100 }));
    course.progressed(report({ attemptId: 'a2', start: 500, sent: 50, rate: 7 }));
    course.progressed(report({ sent: 200 }));
    expect([course.bytes, course.rate]).toEqual([250, 17]);
  });

  it('knows what was sent before this process began', () => {
    const course = new LinkCourse();
    course.progressed(report({ earlier: [{ start: 0, end: 400 }], start: 400, sent: 1 }));
    expect(course.bytes).toBe(401);
  });

  it('shows the transfer that moved last', () => {
    const course = new LinkCourse();
    course.progressed(report({ sent: 100 }));
    course.progressed(report({ attemptId: 'b1', transferId: 't2', client: '192.0.2.9', sent: 40, rate: 3 }));
    expect([course.bytes, course.rate, course.client]).toEqual([40, 3, '192.0.2.9']);
    course.ended('a1', 900);
    expect(course.bytes).toBe(40);
    course.progressed(report({ sent: 120 }));
    expect([course.bytes, course.rate, course.client]).toEqual([120, 10, '192.0.2.7']);
  });
});
