import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { backoffMs, waitFor } from './backoff.ts';

const bounds = { baseMs: 100, capMs: 1_000 } as const;

afterEach(() => {
  jest.restoreAllMocks();
});

describe('a backoff', () => {
  test('doubles each time up to the cap', () => {
    jest.spyOn(Math, 'random').mockReturnValue(1);
    expect([1, 2, 3, 4, 5, 100, 5_000].map((attempt) => backoffMs(attempt, bounds))).toEqual([
      100, 200, 400, 800, 1_000, 1_000, 1_000,
    ]);
  });

  test('is a random half to whole of that, so that many clients do not come back at once', () => {
    for (let i = 0; i < 200; i += 1) {
      const ms = backoffMs(2, bounds);
      expect(ms).toBeGreaterThanOrEqual(100);
      expect(ms).toBeLessThanOrEqual(200);
    }
    expect(new Set(Array.from({ length: 20 }, () => backoffMs(2, bounds))).size).toBeGreaterThan(1);
  });

  test('is never less than the server asked for, also above the cap', () => {
    expect(backoffMs(1, bounds, 30_000)).toBe(30_000);
    expect(backoffMs(1, bounds, 1)).toBeGreaterThanOrEqual(50);
  });
});

describe('a wait', () => {
  test('ends early when it is aborted, without an error', async () => {
    const stop = new AbortController();
    const wait = waitFor(24 * 60 * 60 * 1000, stop.signal);
    stop.abort();
    await expect(wait).resolves.toBeUndefined();
  });

  test('does not begin if it is already aborted', async () => {
    await expect(waitFor(60_000, AbortSignal.abort())).resolves.toBeUndefined();
  });

  test('takes its time otherwise', async () => {
    const started = performance.now();
    await waitFor(20, new AbortController().signal);
    expect(performance.now() - started).toBeGreaterThanOrEqual(18);
  });
});
