import { beforeEach, describe, expect, test } from '@jest/globals';
import pino from 'pino';
import { ApiError } from '../kube/errors.ts';
import { followComparisons } from './comparisons.ts';

let lines: Record<string, unknown>[];
let counted: unknown[];
let follow: ReturnType<typeof followComparisons>;

beforeEach(() => {
  [lines, counted] = [[], []];
  const log = pino({ base: null, timestamp: false }, { write: (line) => lines.push(JSON.parse(line)) });
  follow = followComparisons(
    {
      compared: (resource, differences) => counted.push([resource, differences]),
      notCompared: () => counted.push('error'),
    },
    log,
  );
});

describe('a comparison', () => {
  test('that finds nothing is counted, and not reported', () => {
    follow.onCompared('services', []);
    expect(counted).toEqual([['services', 0]]);
    expect(lines).toEqual([]);
  });

  test('that finds differences is reported once, with the first of the objects', () => {
    const differences = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => ({ namespace: 'shop', name }));
    follow.onCompared('services', differences);
    expect(counted).toEqual([['services', 6]]);
    expect(lines).toEqual([
      expect.objectContaining({
        level: 40,
        resource: 'services',
        differences: 6,
        objects: ['shop/a', 'shop/b', 'shop/c', 'shop/d', 'shop/e'],
      }),
    ]);
  });

  test('that the server refuses is reported with its reason', () => {
    follow.onNotCompared('services', new ApiError(403, 'Forbidden', 'not you'));
    expect(counted).toEqual(['error']);
    expect(lines).toEqual([expect.objectContaining({ resource: 'services', status: 403, error: 'not you' })]);
  });

  test('that finds no server is counted; the watches report that', () => {
    follow.onNotCompared('services', new ApiError(0, 'ECONNREFUSED', 'refused'));
    expect(counted).toEqual(['error']);
    expect(lines).toEqual([]);
  });
});
