// What the operator tells Prometheus, while real things happen to a real cluster.
import { describe, expect, test } from '@jest/globals';
import { denyIngress } from '../cluster.ts';
import { appNamespace, becomesRight, platformSpec } from '../support/expected-policies.ts';
import { onCluster } from '../support/on-cluster.ts';

const { cluster, operator } = onCluster({
  namespaces: ['shop'],
  platform: platformSpec,
  operator: {},
  afterOperator: async ({ cluster }) => {
    await becomesRight(cluster, ['shop']);
    await cluster.platformCondition('Ready', 'True');
  },
});

/** Waits until /metrics tells these numbers. */
async function tells(numbers: Readonly<Record<string, number>>): Promise<void> {
  const look = async () => {
    const found = await operator().metrics();
    return Object.fromEntries(Object.keys(numbers).map((line) => [line, found.get(line)]));
  };
  await cluster.eventually(
    `/metrics tells ${JSON.stringify(numbers)}`,
    async () => {
      const found = await look();
      return Object.entries(numbers).every(([line, value]) => found[line] === value);
    },
    { instead: async () => JSON.stringify(await look()) },
  );
}

/** Adds up the numbers of all lines that match. */
async function sum(line: RegExp): Promise<number> {
  return [...(await operator().metrics())].reduce(
    (all, [name, value]) => all + (line.test(name) ? value : 0),
    0,
  );
}

test('it is text that Prometheus reads, with a meaning and a type for each name', async () => {
  const answer = await operator().get('/metrics');
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const text = await answer.text();
  const names = new Set(Array.from(text.matchAll(/^# HELP (\S+) \S/gm), ([, name]) => name));
  const typed = Array.from(text.matchAll(/^# TYPE (\S+) (?:counter|gauge|histogram)$/gm), ([, name]) => name);
  expect(typed).toEqual([...names]);
  expect(text).not.toContain('shop');
});

test('how many namespaces are in each state, and how many policies there are', async () => {
  await tells({
    'ringfence_namespaces{state="Enforced"}': 1,
    'ringfence_namespaces{state="Failing"}': 0,
    ringfence_policies: 2,
  });
});

test('a namespace that was there before does not count as ringed late', async () => {
  await tells({ ringfence_time_to_ring_seconds_count: 0 });
});

test('a new namespace counts with the time until its ring, and with its writes', async () => {
  const before = await sum(/^ringfence_policy_writes_total{action="create"}/);
  await cluster.createNamespace('fresh', appNamespace);
  await tells({
    ringfence_time_to_ring_seconds_count: 1,
    'ringfence_namespaces{state="Enforced"}': 2,
    'ringfence_policy_writes_total{action="create"}': before + 2,
  });
  expect(await sum(/^ringfence_time_to_ring_seconds_sum/)).toBeGreaterThan(0);
  await tells({ 'ringfence_drift_corrected_total{action="create"}': 0 });
});

describe('drift', () => {
  test('counts when the operator restores a deleted policy', async () => {
    await cluster.deletePolicy('shop', denyIngress);
    await tells({ 'ringfence_drift_corrected_total{action="create"}': 1 });
  });

  test('counts when an edit is taken back', async () => {
    await cluster.patchPolicy('shop', denyIngress, { spec: { ingress: [{}] } });
    await tells({ 'ringfence_drift_corrected_total{action="replace"}': 1 });
  });

  test('is not a change that the platform profile asks for', async () => {
    const before = await sum(/^ringfence_policy_writes_total/);
    await cluster.platform({
      monitoring: [{ name: 'prometheus', namespace: 'monitoring', ports: ['other'] }],
    });
    await cluster.eventually(
      'both are written',
      async () => (await sum(/^ringfence_policy_writes_total/)) === before + 2,
    );
    await tells({
      'ringfence_drift_corrected_total{action="create"}': 1,
      'ringfence_drift_corrected_total{action="replace"}': 1,
    });
  });

  test('is reported in a line and an Event of its own, with the policy, the change and its author', async () => {
    const lines = operator().lines.filter(
      ({ drift, policy }) => drift !== undefined && policy === denyIngress,
    );
    expect(lines.map(({ drift }) => drift)).toEqual(['deleted', 'changed']);
    expect(lines[0]).not.toHaveProperty('manager');
    expect(lines[1]).toMatchObject({ operation: 'Update', manager: expect.stringMatching(/./) });
    const policy = (await cluster.policies('shop')).get(denyIngress);
    const events = await cluster.eventually('both have an Event', async () => {
      const found = (await cluster.events('shop')).filter(({ reason }) => reason === 'DriftCorrected');
      return found.length === 2 ? found : undefined;
    });
    for (const { regarding } of events)
      expect(regarding).toMatchObject({
        kind: 'NetworkPolicy',
        name: denyIngress,
        uid: policy?.metadata.uid,
      });
    const notes = events.map(({ note }) => note).sort();
    expect(notes[0]).toContain(`\`${lines[1]?.manager}\``);
    expect(notes[1]).toContain('somebody deleted it, and the operator restored it');
  });

  test('is reported in the log line of the write', () => {
    const drifts = operator()
      .lines.filter(({ msg }) => msg === 'policies written')
      .map(({ drift }) => drift);
    expect(drifts.filter((drift) => drift !== undefined)).toEqual([1, 1]);
  });
});

test('a finding, as long as it lasts', async () => {
  const line = 'ringfence_findings{code="ForeignAllowAll",severity="warning"}';
  await cluster.createPolicy('shop', 'everybody', { podSelector: {}, ingress: [{}] });
  await tells({ [line]: 1, 'ringfence_namespace_findings{namespace="shop",severity="warning"}': 1 });
  await cluster.deletePolicy('shop', 'everybody');
  await tells({ [line]: 0 });
});

test('the queue and the requests, as controllers do', async () => {
  const numbers = await operator().metrics();
  const queue = '{name="namespace",controller="namespace"}';
  expect(numbers.get(`workqueue_depth${queue}`)).toBe(0);
  expect(numbers.get(`workqueue_adds_total${queue}`)).toBeGreaterThan(2);
  expect(numbers.get(`workqueue_work_duration_seconds_count${queue}`)).toBeGreaterThan(2);
  expect(
    numbers.get('controller_runtime_reconcile_total{controller="namespace",result="success"}'),
  ).toBeGreaterThan(2);
  const { host } = new URL(cluster.controlPlane.url);
  const creates = numbers.get(`rest_client_requests_total{code="201",method="POST",host="${host}"}`);
  // The Events that the operator has sent are POSTs too.
  const { length: events } = await cluster.events();
  expect(creates).toBe((await sum(/^ringfence_policy_writes_total{action="create"}/)) + events);
});

test('the age of each watch, and what it is while the API server is away', async () => {
  const ages = /^ringfence_watch_age_seconds{resource="networkpolicies/;
  expect(await sum(/^ringfence_watch_age_seconds/)).toBeGreaterThan(0);
  await cluster.controlPlane.killApiServer();
  const away = await sum(ages);
  await cluster.eventually(
    'the age grows, also while it tries',
    async () => (await sum(ages)) > away + 3 && (await sum(/code="<error>"/)) > 0,
  );
  await cluster.controlPlane.startApiServer();
  // A watch that is open has heard of nothing yet: something has to change first.
  await cluster.createPolicy('default', 'after-the-restart', { podSelector: {} });
  await cluster.eventually('the age is small again', async () => (await sum(ages)) < 3);
});
