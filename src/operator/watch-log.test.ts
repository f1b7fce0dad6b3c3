import { beforeEach, describe, expect, test } from '@jest/globals';
import pino from 'pino';
import { ApiError } from '../kube/errors.ts';
import { WatchLog } from './watch-log.ts';

const unreachable = new ApiError(0, '', 'connect ECONNREFUSED');
const unauthorized = new ApiError(401, 'Unauthorized', 'Unauthorized');
const missing = new ApiError(404, 'NotFound', 'page not found');
const denied = new ApiError(403, 'Forbidden', 'forbidden', { refusal: { cause: 'PermissionMissing' } });
const failing = new ApiError(500, '', 'internal error');
let lines: string[];
let watches: WatchLog;

beforeEach(() => {
  lines = [];
  const stream = { write: (line: string) => lines.push((JSON.parse(line) as { msg: string }).msg) };
  watches = new WatchLog(pino({}, stream));
});

/** A watch fails at each of these times, in seconds. */
function fail(resource: string, error: ApiError, ...times: readonly number[]): void {
  for (const time of times) watches.failed(resource, error, time * 1000);
}

describe('a watch that fails', () => {
  test.each([
    [missing, 'the cluster does not know namespaces: install it with `kubectl apply -k config/crd`'],
    [denied, 'no permission to list and watch namespaces: grant it with `kubectl apply -k config/rbac`'],
    [failing, 'the API server refuses to list or watch namespaces: retrying'],
  ])('is reported once with the command that fixes it, not at each retry: %s', (error, line) => {
    fail('namespaces', error, 0, 1, 2, 3, 60);
    expect(lines).toEqual([line]);
    expect(watches.troubles).toHaveLength(1);
    watches.healthy('namespaces');
    watches.healthy('namespaces');
    expect(lines).toEqual([line, 'watching namespaces again']);
    expect(watches.troubles).toEqual([]);
  });

  test('is not reported if it passes at once', () => {
    fail('namespaces', denied, 0, 1);
    watches.healthy('namespaces');
    fail('namespaces', denied, 3, 4);
    watches.healthy('namespaces');
    expect(lines).toEqual([]);
    expect(watches.troubles).toEqual([]);
  });

  test('is reported also if it fails in another way at each try', () => {
    fail('namespaces', failing, 0);
    fail('namespaces', denied, 1);
    fail('namespaces', missing, 2);
    expect(watches.troubles).toEqual(['namespaces: missing']);
  });

  test('is reported again when it goes on failing in another way', () => {
    fail('namespaces', failing, 0, 2);
    fail('namespaces', denied, 3);
    expect(watches.troubles).toEqual(['namespaces: refusing']);
    fail('namespaces', denied, 5);
    expect(lines).toHaveLength(2);
    expect(watches.troubles).toEqual(['namespaces: denied']);
  });

  test('is reported for each resource of its own', () => {
    fail('namespaces', denied, 0, 2);
    fail('networkpolicies', denied, 0, 2);
    expect(lines).toHaveLength(2);
  });
});

describe('a trouble of the whole server', () => {
  test.each([
    [
      unreachable,
      ['the API server is unreachable: retrying until it answers', 'the API server is reachable again'],
    ],
    [
      unauthorized,
      [
        'the API server does not accept our credentials: check the kubeconfig or the service account token',
        'the API server accepts our credentials again',
      ],
    ],
  ])(
    'is reported once for all watches, and once when the last of them is back: %s',
    (error, [begin, end]) => {
      fail('namespaces', error, 0, 2);
      fail('networkpolicies', error, 0, 2);
      expect(lines).toEqual([begin]);
      watches.healthy('namespaces');
      expect(lines).toEqual([begin]);
      watches.healthy('networkpolicies');
      expect(lines).toEqual([begin, end]);
    },
  );

  test('is over when the server answers with another trouble', () => {
    fail('namespaces', unreachable, 0, 2);
    fail('namespaces', denied, 3, 5);
    expect(lines).toEqual([
      expect.stringContaining('unreachable'),
      'the API server is reachable again',
      expect.stringContaining('no permission'),
    ]);
  });
});

test('a watch that was never in trouble says nothing', () => {
  watches.healthy('namespaces');
  expect(lines).toEqual([]);
});

test('a server that has gone back to an older state is reported once for all watches, and again the next time', () => {
  const told =
    'the API server has returned to an older state, as after a restore of etcd: continuing from its current state';
  watches.turnedBack('namespaces', 0);
  watches.turnedBack('services', 5_000);
  expect(lines).toEqual([told]);
  watches.turnedBack('services', 600_000);
  expect(lines).toEqual([told, told]);
});
