// When facts of several kinds may belong to different histories of the server.
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Continuity, isCutOff, type KnownHistory, resumeWithinMs } from './continuity.ts';
import { ApiError } from './errors.ts';

const unreachable = new ApiError(0, '', 'no answer');
let continuity: Continuity;

beforeEach(() => {
  jest.useFakeTimers();
  continuity = new Continuity();
  continuity.watched();
});

afterEach(() => {
  jest.useRealTimers();
});

describe('watches', () => {
  test('are intact for as long as each one continues soon where the last one ended', () => {
    const { intactSince } = continuity;
    for (let times = 0; times < 5; times += 1) {
      jest.advanceTimersByTime(20_000);
      continuity.ended();
      jest.advanceTimersByTime(resumeWithinMs);
      expect(continuity).toMatchObject({ isBroken: false, intactSince });
      continuity.watched();
    }
    expect(continuity).toMatchObject({ isBroken: false, intactSince, epoch: 0 });
  });

  test.each([
    ['continue too late', () => jest.advanceTimersByTime(resumeWithinMs + 1)],
    ['can not be opened', () => continuity.failed(unreachable)],
  ])('that %s are broken since the last one ended, and intact again after a list', (_, pass) => {
    jest.advanceTimersByTime(20_000);
    const ended = performance.now();
    continuity.ended();
    pass();
    expect(continuity).toMatchObject({ isBroken: true, intactSince: undefined, brokenSince: ended });
    jest.advanceTimersByTime(1_000);
    continuity.watched();
    const listed = performance.now();
    expect(continuity).toMatchObject({
      isBroken: false,
      intactSince: listed,
      brokenSince: undefined,
      epoch: 1,
    });
  });

  test('are not intact while there is only a list, or the answer that there is no such kind', () => {
    continuity.listed();
    jest.advanceTimersByTime(20_000);
    expect(continuity).toMatchObject({ isBroken: false, intactSince: undefined });
  });
});

describe('facts of several kinds', () => {
  const intact = (intactSince: number): KnownHistory => ({
    ...{ intactSince, brokenSince: undefined },
    lastHeard: intactSince,
  });
  const broken = (brokenSince: number, lastHeard = brokenSince): KnownHistory => ({
    ...{ intactSince: undefined, brokenSince },
    lastHeard,
  });

  test.each<[string, readonly KnownHistory[]]>([
    ['all are watched', [intact(0), intact(999_000)]],
    ['one is broken, and another one has been intact since before', [intact(989_000), broken(990_000)]],
    ['nothing is received of one for half a minute', [intact(969_000), broken(960_000)]],
  ])('are used if %s', (_, kinds) => {
    expect(isCutOff(kinds, 1_000_000)).toBe(false);
  });

  test.each<[string, readonly KnownHistory[]]>([
    ['none is watched', [broken(990_000), broken(990_000)]],
    ['all were broken, and one is not listed yet', [intact(999_000), broken(990_000)]],
    ['all were broken, and the list of one takes long', [intact(900_000), broken(890_000, 999_000)]],
  ])('are not used if %s', (_, kinds) => {
    expect(isCutOff(kinds, 1_000_000)).toBe(true);
  });
});
