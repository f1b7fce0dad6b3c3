import { expect, test } from '@jest/globals';
import { ServerClock } from './server-clock.ts';

const date = 'Fri, 02 Jan 2026 15:04:00 GMT';

/** A clock that heard the time when our monotonic clock showed 1,000,000. */
function clock(): ServerClock {
  const heard = new ServerClock();
  heard.heard(date, 1_000_000, 1_000_000);
  return heard;
}

test('an object is as old as it is by the clock of the server', () => {
  expect(clock().ageMs('2026-01-02T15:03:50Z', 1_000_000)).toBe(10_000);
});

test('what passed since the server told the time counts, whatever wall clocks say', () => {
  expect(clock().ageMs('2026-01-02T15:03:50Z', 1_060_000)).toBe(70_000);
});

test('an object that was created by a server whose clock is a little ahead is new', () => {
  expect(clock().ageMs('2026-01-02T15:04:03Z', 1_000_000)).toBe(0);
});

test('the age of an object from the future is not known: the clock was set back', () => {
  expect(clock().ageMs('2026-01-02T16:03:50Z', 1_000_000)).toBeUndefined();
});

test('no age is known before the server has told the time, nor of what is no time', () => {
  expect(new ServerClock().ageMs('2026-01-02T15:03:50Z', 1_000_000)).toBeUndefined();
  expect(clock().ageMs(undefined, 1_000_000)).toBeUndefined();
  expect(clock().ageMs('soon', 1_000_000)).toBeUndefined();
});

test('an answer that was long on its way tells nothing: an old object would look young', () => {
  const heard = clock();
  heard.heard(date, 1_000_000, 1_060_000);
  expect(heard.ageMs('2026-01-02T15:04:00Z', 1_060_000)).toBe(60_000);
});

test('a server whose clock was set is trusted from its next answer on', () => {
  const heard = clock();
  heard.heard('Fri, 02 Jan 2026 14:04:10 GMT', 1_010_000, 1_010_000);
  expect(heard.ageMs('2026-01-02T14:04:05Z', 1_010_000)).toBe(5_000);
  expect(heard.ageMs('2026-01-02T15:03:50Z', 1_010_000)).toBeUndefined();
});
