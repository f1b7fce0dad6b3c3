// What Kubernetes says of the canary's pods, in words for people.
import { expect, test } from '@jest/globals';
import { type StoredWorkload, whyNotRunning } from './start-trouble.ts';

const running: readonly StoredWorkload[] = [
  { kind: 'Deployment', name: 'listener-a', wanted: 3, ready: 3 },
  { kind: 'Deployment', name: 'listener-b', wanted: 3, ready: 3 },
  { kind: 'DaemonSet', name: 'client', wanted: 2, ready: 2 },
];

const but = (name: string, change: Partial<StoredWorkload>) =>
  running.map((each) => (each.name === name ? { ...each, ...change } : each));

const warning = (note: string, lastSeen: string, reason = 'FailedCreate', about = 'listener-b-5d9f') => ({
  ...{ note, lastSeen, reason, about },
});

test('nothing is said where all pods run, whatever was wrong before', () => {
  expect(whyNotRunning(running, [warning('exceeded quota', '2026-01-01T10:00:00Z')])).toBeUndefined();
});

test('a pod that is missing is told with the newest reason', () => {
  const warnings = [
    warning('exceeded quota', '2026-01-01T10:00:00Z'),
    warning(
      '0/2 nodes are available: 2 node(s) had untolerated taint(s)',
      '2026-01-01T10:05:00Z',
      'FailedScheduling',
    ),
    warning('probe', '2026-01-01T11:00:00Z', 'Unhealthy'),
  ];
  expect(whyNotRunning(but('listener-b', { ready: 1 }), warnings)).toBe(
    'the Deployment `listener-b` has 1 of 3 pods ready: 0/2 nodes are available: 2 node(s) had untolerated taint(s)',
  );
  expect(whyNotRunning(but('client', { ready: 0 }), [])).toBe('the DaemonSet `client` has 0 of 2 pods ready');
});

test('what keeps other pods from running, such as new ones that are tried, is no reason', () => {
  const warnings = [
    warning('exceeded quota', '2026-01-01T10:00:00Z'),
    warning('no pod to be beside', '2026-01-01T10:05:00Z', 'FailedScheduling', 'fresh-29932880-qzz7t'),
    warning('no node', '2026-01-01T10:05:00Z', 'FailedScheduling', 'client-x7k2p'),
  ];
  expect(whyNotRunning(but('listener-b', { ready: 1 }), warnings)).toBe(
    'the Deployment `listener-b` has 1 of 3 pods ready: exceeded quota',
  );
  expect(whyNotRunning(but('client', { ready: 1 }), warnings)).toMatch(/: no node$/);
});

test('a DaemonSet without a node is told, for which Kubernetes warns of nothing', () => {
  expect(whyNotRunning(but('client', { wanted: 0, ready: 0 }), [])).toMatch(
    /^the DaemonSet `client` has no node to run on: .* taints/,
  );
});

test('what was deleted or scaled down by hand is told', () => {
  expect(whyNotRunning(running.slice(1), [])).toMatch(/^the Deployment `listener-a` is missing: apply/);
  expect(whyNotRunning(running.slice(0, 2), [])).toMatch(/^the DaemonSet `client` is missing/);
  expect(whyNotRunning(but('listener-a', { wanted: 0, ready: 0 }), [])).toMatch(/is scaled to 0: apply/);
});

test('a DaemonSet that Kubernetes has not looked at is not told to have no node', () => {
  const [first, second] = running;
  const created = { kind: 'DaemonSet', name: 'client', ready: 0 };
  expect(whyNotRunning([...(first ? [first] : []), ...(second ? [second] : []), created], [])).toBe(
    'the DaemonSet `client` has no pod yet',
  );
});
