// A pause adds one policy and deletes nothing; when it ends, in whatever way, only that policy goes. Every set of policies in
// between is recorded: a namespace is never closed further than its ring closes it.
import { describe, expect, test } from '@jest/globals';
import { denyEgress, denyIngress, dnsPolicy, transition } from '../cluster.ts';
import { appNamespace, enforced } from '../support/expected-policies.ts';
import { onCluster } from '../support/on-cluster.ts';
import { type NamespaceRecorder, type PolicySet, recordDuring } from '../support/policy-recorder.ts';

const pausePolicy = 'ringfence-pause';
const allowed = 'ringfence-team-mongo';
const ring = [denyEgress, denyIngress, dnsPolicy];

const { cluster, operator, startOperator } = onCluster({
  namespaces: ['shop', 'ending', 'restarted', 'shared', 'dry', 'set'],
  platform: {
    ...enforced,
    egress: 'Restricted',
    dns: { namespace: 'kube-system', podSelector: {}, ports: [53], addresses: ['10.96.0.10'] },
  },
  operator: { settle: 1, preload: new URL('../support/shifted-clock.ts', import.meta.url) },
  afterOperator: async ({ cluster }) => {
    for (const namespace of ['shop', 'ending', 'restarted', 'shared', 'dry', 'set'])
      await cluster.policiesAre(namespace, ring);
  },
});

interface StoredPause {
  readonly metadata: { readonly generation: number };
  readonly status?: { readonly observedGeneration: number; readonly state: string; readonly message: string };
}

const pauses = '/apis/ringfence.dev/v1alpha1/networkpauses';

/** A time so many seconds from now. */
const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();

const pause = (name: string, spec: object) =>
  cluster.api.json('POST', pauses, {
    apiVersion: 'ringfence.dev/v1alpha1',
    kind: 'NetworkPause',
    metadata: { name },
    spec: { namespace: name, until: inSeconds(3600), reason: 'checkout is down', ...spec },
  });

const change = (name: string, spec: object) => cluster.api.json('PATCH', `${pauses}/${name}`, { spec });
const resume = (name: string) => cluster.api.json('DELETE', `${pauses}/${name}`);

const stateIs = (name: string, state: string) =>
  cluster.eventually(`the pause ${name} is ${state}`, async () => {
    const stored = await cluster.find<StoredPause>(`${pauses}/${name}`);
    const { generation } = stored?.metadata ?? {};
    const { status } = stored ?? {};
    return status?.observedGeneration === generation && status?.state === state && status;
  });

const eventIn = (namespace: string, reason: string) =>
  cluster.eventually(`the Event ${reason} in ${namespace}`, async () =>
    (await cluster.events(namespace)).find((event) => event.reason === reason),
  );

const during = (namespace: string, act: () => Promise<unknown>) => recordDuring(cluster.api, namespace, act);

/** What a set of policies allows: everything, what the ring allows, or less. */
function allowedBy(policies: PolicySet): 'everything' | 'what is allowed' | 'less' {
  const isOpen = [...policies.keys()].some((name) => name === pausePolicy || name.startsWith(transition));
  if (isOpen || policies.size === 0) return 'everything';
  return ring.every((name) => policies.has(name)) ? 'what is allowed' : 'less';
}

/** Each policy of the ring in each set, by its version: as many as there are policies if none was ever written again. */
function versionsOfRing({ sets }: NamespaceRecorder): ReadonlySet<string> {
  return new Set(
    sets.flatMap((set) =>
      ring.map((name) => `${name} ${set.get(name)?.metadata.resourceVersion ?? 'was missing'}`),
    ),
  );
}

describe('a pause', () => {
  test('adds one policy that allows everything, touches no other, and is reported', async () => {
    const recorder = await during('shop', async () => {
      await pause('shop', {});
      await cluster.policiesAre('shop', [...ring, pausePolicy]);
    });
    expect(recorder.names()).toEqual([ring.join(' '), [...ring, pausePolicy].sort().join(' ')]);
    expect(versionsOfRing(recorder).size).toBe(ring.length);
    const policy = recorder.sets.at(-1)?.get(pausePolicy);
    expect(policy?.spec).toEqual({
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{}],
      egress: [{}],
    });
    expect(await stateIs('shop', 'Active')).toMatchObject({
      message: 'everything is allowed to and from the pods of `shop`',
    });
    expect(await eventIn('shop', 'Paused')).toMatchObject({
      note: expect.stringContaining('the reason is `checkout is down`'),
      regarding: { kind: 'NetworkPolicy', name: pausePolicy },
    });
    await cluster.platformReports('`shop` is paused until');
  });

  test('of one direction leaves the other as it is', async () => {
    await change('shop', { direction: 'Ingress' });
    await cluster.eventually('egress is closed again', async () => {
      const policy = (await cluster.policies('shop')).get(pausePolicy);
      return JSON.stringify(policy?.spec) === '{"podSelector":{},"ingress":[{}],"policyTypes":["Ingress"]}';
    });
  });

  test('ends when it is deleted: what is written in the meantime stays, and only its policy goes', async () => {
    await cluster.createProfile('shop', 'team', {
      routes: [{ name: 'web-to-mongo', from: { app: 'web' }, to: { app: 'mongo' } }],
    });
    await cluster.eventually('the route is written', async () =>
      (await cluster.policyNames('shop')).some((name) => name.startsWith(allowed)),
    );
    const before = await cluster.policyNames('shop');
    const recorder = await during('shop', async () => {
      await resume('shop');
      await cluster.policiesAre(
        'shop',
        before.filter((name) => name !== pausePolicy),
      );
    });
    expect(recorder.sets).toHaveLength(2);
    expect(versionsOfRing(recorder).size).toBe(ring.length);
    expect((await eventIn('shop', 'PauseEnded')).note).toContain('`shop` is no longer paused');
    await cluster.platformReports('`shop` is paused until', false);
  });

  test('ends at its time, not before, and stays as a record of that', async () => {
    await pause('ending', {});
    await stateIs('ending', 'Active');
    const until = inSeconds(3);
    const recorder = await during('ending', async () => {
      await change('ending', { until });
      await cluster.policiesAre('ending', ring);
      expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(until));
    });
    expect(recorder.sets).toHaveLength(2);
    expect(versionsOfRing(recorder).size).toBe(ring.length);
    expect(await stateIs('ending', 'Expired')).toMatchObject({ message: `it ended at ${until}` });
    await eventIn('ending', 'PauseEnded');
    // To edit it begins a new one.
    await change('ending', { until: inSeconds(3600) });
    await cluster.policiesAre('ending', [...ring, pausePolicy]);
    await stateIs('ending', 'Active');
    await resume('ending');
  });

  test('adds up with others of its namespace: the policy goes with the last of them', async () => {
    await pause('in', { namespace: 'shared', direction: 'Ingress' });
    await pause('out', { namespace: 'shared', direction: 'Egress' });
    const types = (wanted: readonly string[]) =>
      cluster.eventually(`everything is allowed in ${wanted.join(' and ')}`, async () => {
        const { spec } = (await cluster.policies('shared')).get(pausePolicy) ?? {};
        return JSON.stringify((spec as { policyTypes?: unknown })?.policyTypes) === JSON.stringify(wanted);
      });
    await types(['Ingress', 'Egress']);
    await stateIs('in', 'Active');
    await stateIs('out', 'Active');
    await change('in', { until: inSeconds(-1) });
    await types(['Egress']);
    await stateIs('in', 'Expired');
    await resume('out');
    await cluster.policiesAre('shared', ring);
    await resume('in');
  });

  test('goes on while the operator is restarted, and ends after a restart if it should have ended before', async () => {
    await pause('restarted', {});
    await stateIs('restarted', 'Active');
    const recorder = await during('restarted', async () => {
      await operator().kill();
      await (await startOperator()).logged('caches synced');
      // What is written now comes after a look at the namespace.
      await cluster.createProfile('restarted', 'team', {
        routes: [{ name: 'web-to-mongo', from: { app: 'web' }, to: { app: 'mongo' } }],
      });
      await cluster.eventually('the route is written', async () =>
        (await cluster.policyNames('restarted')).some((name) => name.startsWith(allowed)),
      );
    });
    expect(recorder.sets.every((set) => set.has(pausePolicy))).toBe(true);
    expect(versionsOfRing(recorder).size).toBe(ring.length);
    await operator().kill();
    await change('restarted', { until: inSeconds(-1) });
    const ended = await during('restarted', async () => {
      await startOperator();
      await stateIs('restarted', 'Expired');
    });
    expect(ended.sets.at(-1)?.has(pausePolicy)).toBe(false);
    expect(ended.sets.map(allowedBy)).not.toContain('less');
    expect(versionsOfRing(ended).size).toBe(ring.length);
  });

  test('follows the clock of the API server: an operator whose own clock is set ahead does not end it', async () => {
    await pause('set', { until: inSeconds(1800) });
    await stateIs('set', 'Active');
    operator().signal('SIGPIPE');
    await cluster.createProfile('set', 'team', {
      routes: [{ name: 'web-to-mongo', from: { app: 'web' }, to: { app: 'mongo' } }],
    });
    await cluster.eventually('the route is written', async () =>
      (await cluster.policyNames('set')).some((name) => name.startsWith(allowed)),
    );
    expect(await cluster.policyNames('set')).toContain(pausePolicy);
    // And one that is set back ends it on time.
    operator().signal('SIGUSR2');
    operator().signal('SIGUSR2');
    await change('set', { until: inSeconds(-1) });
    await stateIs('set', 'Expired');
    expect(await cluster.policyNames('set')).not.toContain(pausePolicy);
  });
});

describe('a pause of a namespace', () => {
  test('that is in a dry run writes nothing, and opens it when it is closed: never less than its ring is allowed', async () => {
    await cluster.platform({
      rules: [{ name: 'dry', namespaces: { names: ['dry'] }, enforcement: 'DryRun' }],
    });
    await cluster.policiesAre('dry', []);
    await pause('dry', {});
    expect(await stateIs('dry', 'NotNeeded')).toMatchObject({
      message: '`dry` is in a dry run: nothing is denied yet',
    });
    const recorder = await during('dry', async () => {
      await cluster.platform({ rules: null });
      await cluster.policiesAre('dry', [...ring, pausePolicy]);
      await stateIs('dry', 'Active');
      await resume('dry');
      await cluster.policiesAre('dry', ring);
    });
    expect(recorder.sets.map(allowedBy)).not.toContain('less');
    // The lever comes first: nothing that fails later delays it.
    expect(recorder.names().at(1)).toBe(pausePolicy);
  });

  test('that has no ring writes nothing', async () => {
    await cluster.createNamespace('outside');
    await pause('outside', {});
    expect(await stateIs('outside', 'NotNeeded')).toMatchObject({
      message: expect.stringContaining('Ringfence denies nothing in `outside`'),
    });
    expect(await cluster.policyNames('outside')).toEqual([]);
  });

  test('that does not exist yet opens it when it is created', async () => {
    await pause('later', {});
    expect(await stateIs('later', 'Pending')).toMatchObject({ message: 'there is no namespace `later`' });
    await cluster.createNamespace('later', appNamespace);
    await cluster.policiesAre('later', [...ring, pausePolicy]);
    await stateIs('later', 'Active');
  });

  test('ends in a namespace without a platform profile, too', async () => {
    await operator().stop();
    await change('later', { until: inSeconds(-1) });
    await cluster.deletePlatform();
    await startOperator();
    await stateIs('outside', 'NotNeeded');
    // Garbage collection, which is not running here, deletes the policies of the platform profile.
    for (const name of [...ring, pausePolicy]) await cluster.deletePolicy('later', name);
    await stateIs('later', 'Expired');
  });
});
