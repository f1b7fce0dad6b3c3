import { beforeEach, describe, expect, test } from '@jest/globals';
import pino from 'pino';
import { ApiError } from '../kube/errors.ts';
import { FailureLog } from './failure-log.ts';

const denied = new ApiError(
  403,
  'Forbidden',
  'networkpolicies is forbidden: User "ringfence" cannot create resource',
  { refusal: { cause: 'PermissionMissing' } },
);
const invalid = new ApiError(422, 'Invalid', 'spec is invalid');
let lines: string[];
let failures: FailureLog;

beforeEach(() => {
  lines = [];
  const stream = { write: (line: string) => lines.push((JSON.parse(line) as { msg: string }).msg) };
  failures = new FailureLog(pino({}, stream));
});

/** Work on a key fails at each of these times, in seconds. */
function fail(key: string, error: ApiError, ...times: readonly number[]): void {
  for (const time of times) failures.failed(key, error, time * 1000);
}

describe('a kind of failure', () => {
  test('is reported once when it begins, however many keys and retries it takes, with what to do', () => {
    fail('shop', denied, 0, 2, 4);
    fail('pay', denied, 4, 8);
    expect(lines).toEqual(['a permission is missing: grant it with `kubectl apply -k config/rbac`']);
  });

  test('is reported to be over once, when the last key succeeds', () => {
    fail('shop', denied, 0, 2);
    fail('pay', denied, 0, 2);
    failures.succeeded('shop');
    expect(lines).toHaveLength(1);
    failures.succeeded('pay');
    expect(lines).toEqual([expect.any(String), 'writes work again']);
  });

  test('is distinguished from another kind', () => {
    fail('shop', denied, 0, 2);
    fail('pay', invalid, 0, 2);
    expect(lines).toHaveLength(2);
  });

  test('is not reported if it passes at once', () => {
    fail('shop', denied, 0, 1);
    failures.succeeded('shop');
    fail('shop', denied, 2, 3);
    failures.succeeded('shop');
    expect(lines).toEqual([]);
  });

  test('is over when the last key fails in another way', () => {
    fail('shop', denied, 0, 2);
    fail('shop', invalid, 3, 5);
    expect(lines).toEqual([
      expect.stringContaining('permission'),
      'writes work again',
      expect.stringContaining('refuses'),
    ]);
  });

  test('is reported again when it comes back', () => {
    fail('shop', denied, 0, 2);
    failures.succeeded('shop');
    fail('shop', denied, 0, 2);
    expect(lines).toHaveLength(3);
  });
});

describe('nothing is reported', () => {
  test('of what passes by itself, or what the watches report', () => {
    for (const status of [0, 404, 409, 410]) fail('shop', new ApiError(status, '', 'x'), 0, 2);
    failures.succeeded('shop');
    expect(lines).toEqual([]);
  });

  test('of a success after no failure', () => {
    failures.succeeded('shop');
    expect(lines).toEqual([]);
  });
});
