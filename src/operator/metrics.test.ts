import { beforeEach, expect, test } from '@jest/globals';
import type { Finding } from '../model/findings.ts';
import type { PolicyChange } from '../plan/changes.ts';
import { Metrics } from './metrics.ts';
import { namespaceStates } from './namespace-record.ts';

const subject = { kind: 'Namespace', name: 'shop' } as const;
const finding = (code: Finding['code']): Finding => ({ code, subject, message: 'so', hint: 'do' });
const remove: PolicyChange = {
  action: 'delete',
  key: { namespace: 'shop', name: 'ringfence-deny' },
  uid: 'uid',
  resourceVersion: '1',
};

let metrics: Metrics;

beforeEach(() => {
  metrics = new Metrics(1);
  metrics.readFrom({
    queueDepth: () => 0,
    states: () => ['Enforced', 'Enforced', 'Failing'],
    findings: () => [finding('ServiceMissing'), finding('ServiceMissing'), finding('Contested')],
    records: () => new Map(),
    routes: () => [
      { state: 'Active', reason: 'Active', count: 5 },
      { state: 'Rejected', reason: 'ServicePortMissing', count: 3 },
      { state: 'Pending', reason: 'ServiceMissing', count: 1 },
    ],
    enforcedOn: () =>
      new Map([
        ['ring-1', true],
        ['ring-2', false],
      ]),
    cutPairs: () => 2,
    ownedPolicies: () => 7,
    pausedUntilMs: () =>
      new Map([
        ...Array.from(
          { length: 120 },
          (_, index) => [`paused-${index}`, 2_000_000_000_000 + index * 1000] as const,
        ),
        ['forgotten', 0],
      ]),
    leads: () => true,
    watchAges: () => new Map([['namespaces', 1_500]]),
  });
});

/** The lines of /metrics that begin so. */
async function lines(start: string): Promise<readonly string[]> {
  const { text } = await metrics.expose();
  return text.split('\n').filter((line) => line.startsWith(start));
}

test('namespaces count by state, and a state without any as zero', async () => {
  expect(await lines('ringfence_namespaces{')).toEqual(
    namespaceStates.map((state) => {
      const count = { Enforced: 2, Failing: 1 }[state as string] ?? 0;
      return `ringfence_namespaces{state="${state}"} ${count}`;
    }),
  );
});

test('enforcement counts by node, with the pairs between which too much is denied', async () => {
  metrics.tookEffect(120);
  expect(await lines('ringfence_enforced{')).toEqual([
    'ringfence_enforced{node="ring-1"} 1',
    'ringfence_enforced{node="ring-2"} 0',
  ]);
  expect(await lines('ringfence_enforcement_degraded')).toEqual(['ringfence_enforcement_degraded 2']);
  expect(await lines('ringfence_enforcement_seconds_sum')).toEqual([
    'ringfence_enforcement_seconds_sum 0.12',
  ]);
});

test('findings count by code, with how much they matter, and so do reasons of routes', async () => {
  expect(await lines('ringfence_findings{code="Service')).toEqual(
    expect.arrayContaining([
      'ringfence_findings{code="ServiceMissing",severity="warning"} 3',
      'ringfence_findings{code="ServicePortMissing",severity="error"} 3',
    ]),
  );
  expect(await lines('ringfence_findings{code="SelectsNoPods')).toEqual([]);
  expect(await lines('ringfence_findings{code="NameTaken"')).toEqual([
    'ringfence_findings{code="NameTaken",severity="warning"} 0',
  ]);
});

test('routes count by state, and a state without any as zero', async () => {
  expect(await lines('ringfence_routes{')).toEqual([
    'ringfence_routes{state="Active"} 5',
    'ringfence_routes{state="NotNeeded"} 0',
    'ringfence_routes{state="Pending"} 1',
    'ringfence_routes{state="Rejected"} 3',
  ]);
});

test('policies, and the age of each watch in seconds', async () => {
  expect(await lines('ringfence_policies ')).toEqual(['ringfence_policies 7']);
  expect(await lines('ringfence_watch_age')).toEqual([
    'ringfence_watch_age_seconds{resource="namespaces"} 1.5',
  ]);
});

test('writes count, and those that correct a drift once more', async () => {
  metrics.wrote(remove, false);
  metrics.wrote(remove, true);
  expect(await lines('ringfence_policy_writes_total{action="delete"}')).toEqual([
    'ringfence_policy_writes_total{action="delete"} 2',
  ]);
  expect(await lines('ringfence_drift_corrected_total')).toEqual([
    'ringfence_drift_corrected_total{action="create"} 0',
    'ringfence_drift_corrected_total{action="replace"} 0',
    'ringfence_drift_corrected_total{action="delete"} 1',
  ]);
});

test('requests count by status, method and host; without an answer as client-go names that', async () => {
  metrics.answered('GET', '10.0.0.1:443', 200);
  metrics.answered('GET', '10.0.0.1:443', undefined);
  expect(await lines('rest_client_requests_total')).toEqual([
    'rest_client_requests_total{code="200",method="GET",host="10.0.0.1:443"} 1',
    'rest_client_requests_total{code="<error>",method="GET",host="10.0.0.1:443"} 1',
  ]);
});

test('comparisons count, and what they found, by resource', async () => {
  metrics.compared('namespaces', 0);
  metrics.compared('services', 2);
  metrics.notCompared();
  expect(await lines('ringfence_cache_comparisons_total')).toEqual([
    'ringfence_cache_comparisons_total{result="success"} 2',
    'ringfence_cache_comparisons_total{result="error"} 1',
  ]);
  expect(await lines('ringfence_cache_differences_total')).toEqual(
    expect.arrayContaining([
      'ringfence_cache_differences_total{resource="namespaces"} 0',
      'ringfence_cache_differences_total{resource="services"} 2',
    ]),
  );
});

test('the time to a ring counts in seconds', async () => {
  metrics.ringed(3_000);
  expect(await lines('ringfence_time_to_ring_seconds_count')).toEqual([
    'ringfence_time_to_ring_seconds_count 1',
  ]);
  expect(await lines('ringfence_time_to_ring_seconds_sum')).toEqual(['ringfence_time_to_ring_seconds_sum 3']);
});

test('no label has a value that a tenant could choose', async () => {
  metrics.ringed(1);
  metrics.wrote(remove, true);
  expect((await metrics.expose()).text).not.toMatch(/shop|ringfence-deny/);
});

test('paused namespaces are named with the time at which that should end, the first 100 of them', async () => {
  const series = await lines('ringfence_pause_until_timestamp_seconds{');
  expect(series).toHaveLength(100);
  expect(series.slice(0, 3)).toEqual([
    'ringfence_pause_until_timestamp_seconds{namespace="forgotten"} 0',
    'ringfence_pause_until_timestamp_seconds{namespace="paused-0"} 2000000000',
    'ringfence_pause_until_timestamp_seconds{namespace="paused-1"} 2000000001',
  ]);
});
