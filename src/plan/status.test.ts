import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { shorten, withTimes } from './status.ts';

describe('the time of a condition', () => {
  const ready = { type: 'Ready', status: 'True', reason: 'Enforced', message: 'one' } as const;
  const before = [{ ...ready, lastTransitionTime: 'then' }];

  test('is now if its status changed, or if it is new', () => {
    expect(withTimes([{ ...ready, status: 'False' }], before, 'now')[0]?.lastTransitionTime).toBe('now');
    expect(withTimes([ready], [], 'now')[0]?.lastTransitionTime).toBe('now');
  });

  test('stays if only its reason or message changed', () => {
    const [next] = withTimes([{ ...ready, reason: 'Off', message: 'two' }], before, 'now');
    expect(next).toEqual({ ...ready, reason: 'Off', message: 'two', lastTransitionTime: 'then' });
  });

  test('is that of its own type', () => {
    const [next] = withTimes([{ ...ready, type: 'Programmed' }], before, 'now');
    expect(next?.lastTransitionTime).toBe('now');
  });

  test('goes with a condition that is over', () => {
    expect(withTimes([], before, 'now')).toEqual([]);
  });
});

describe('a message', () => {
  test('is kept if it fits, and else cut with a mark', () => {
    expect(shorten('abc', 3)).toBe('abc');
    expect(shorten('abcd', 3)).toBe('ab…');
  });

  test('counts characters as the API server does, and is never cut through one', () => {
    expect(shorten('🔥🔥🔥', 3)).toBe('🔥🔥🔥');
    expect(shorten('🔥🔥🔥🔥', 3)).toBe('🔥🔥…');
  });

  test('has at most so many characters', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 40 }),
        fc.integer({ min: 1, max: 20 }),
        (text, length) => {
          expect([...shorten(text, length)].length).toBeLessThanOrEqual(length);
        },
      ),
    );
  });
});
