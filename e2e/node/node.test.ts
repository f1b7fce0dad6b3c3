// A node enforces policies on real packets, leaves the host as it was, and refuses what it can't do.
import { describe, expect, test } from '@jest/globals';
import { poll } from '../control-plane/poll.ts';
import type { Attempt, Outcome, Target } from './dialer.ts';
import { type PodKey, type RingNode, startNode } from './node.ts';
import { describeOnNode, onNode } from './on-node.ts';
import { type RunningPod, runningPod, startPods } from './pods.ts';

const server = 'web/server';
const [friend, stranger] = ['friend/client', 'stranger/client'] as const;

/** A server, and two clients in namespaces of their own, on the other machine if there is one. */
async function startWorld(node: RingNode): Promise<ReadonlyMap<PodKey, RunningPod>> {
  const [first = '', last = first] = node.names;
  for (const name of ['web', 'friend', 'stranger']) {
    await node.api.json('POST', '/api/v1/namespaces', { metadata: { name } });
  }
  return await startPods(node, [
    { key: server, labels: { app: 'server' }, listen: ['tcp:8080', 'udp:5353'], machine: last },
    { key: friend, machine: first },
    { key: stranger, machine: first },
  ]);
}

/** A Service in front of the server: port 80, TCP and UDP. @returns its addresses, one per family */
async function createService(node: RingNode, ipFamilyPolicy: string): Promise<readonly string[]> {
  const service = {
    metadata: { name: 'server' },
    spec: {
      selector: { app: 'server' },
      ipFamilyPolicy,
      ports: [
        { name: 'tcp', port: 80, targetPort: 8080 },
        { name: 'udp', port: 80, targetPort: 5353, protocol: 'UDP' },
      ],
    },
  };
  type Stored = { spec: { clusterIPs: readonly string[] } };
  const { spec } = await node.api.json<Stored>('POST', '/api/v1/namespaces/web/services', service);
  return spec.clusterIPs;
}

async function createPolicy(node: RingNode, name: string, spec: object): Promise<void> {
  const path = '/apis/networking.k8s.io/v1/namespaces/web/networkpolicies';
  await node.api.json('POST', path, { metadata: { name }, spec: { podSelector: {}, ...spec } });
}

/** Every way to the server: its own addresses, those of its Service, and the name of that. */
const targetsOf = (addresses: readonly string[], services: readonly string[]): readonly Target[] => [
  ...addresses.flatMap((address): Target[] => [
    { address, port: 8080, ask: true },
    { address, port: 5353, protocol: 'udp' },
  ]),
  ...[...services, 'server.web.svc.cluster.local'].flatMap((address): Target[] => [
    { address, port: 80, ask: true },
    { address, port: 80, protocol: 'udp' },
  ]),
];

/** Waits until every target ends in one of these ways. An enforcer follows a policy some time after it is stored. */
async function become(
  node: RingNode,
  from: PodKey,
  targets: readonly Target[],
  outcomes: readonly Outcome[],
): Promise<readonly Attempt[]> {
  let seen: readonly Attempt[] = [];
  const look = async () => {
    seen = await node.probe(from, targets);
    return seen.every(({ outcome }) => outcomes.includes(outcome)) && seen;
  };
  return await poll(look, {
    expired: () => new Error(`${from} sees ${seen.map(({ outcome }) => outcome)}, not ${outcomes}`),
  });
}

const denied = ['refused', 'timeout'] as const;
const reached = ['reached'] as const;

/** Nobody is denied, then all are, then all but the friend. */
async function denyAndAllow(node: RingNode, targets: readonly Target[]): Promise<void> {
  for (const client of [friend, stranger]) {
    const answers = await become(node, client, targets, reached);
    expect(answers.map(({ name }) => name)).toEqual(targets.map(() => 'server'));
  }
  await createPolicy(node, 'deny', { policyTypes: ['Ingress'] });
  for (const client of [friend, stranger]) await become(node, client, targets, denied);
  const from = [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'friend' } } }];
  await createPolicy(node, 'allow', { policyTypes: ['Ingress'], ingress: [{ from }] });
  await become(node, friend, targets, reached);
  await become(node, stranger, targets, denied);
}

describeOnNode('one node under kube-router', () => {
  const { node, cluster } = onNode({});

  test('lets pods reach each other, directly, by a Service and by its name, as policies say', async () => {
    const pods = await startWorld(node());
    const services = await createService(node(), 'SingleStack');
    const targets = targetsOf(pods.get(server)?.addresses ?? [], services);
    expect(targets).toHaveLength(6);
    await denyAndAllow(node(), targets);
  });

  test('tells of every attempt of a long watch that does not end as expected', async () => {
    const [address = ''] =
      (await startPods(node(), [{ key: 'friend/other' }])).get('friend/other')?.addresses ?? [];
    const dialer = await node().dialer(stranger);
    const allowed = dialer.watch({ address, port: 8080 }, { everyMs: 10 });
    const closed = dialer.watch({ address, port: 8081 }, { everyMs: 10 });
    await poll(async () => closed.unexpected.length > 3, { expired: () => new Error('nothing is told') });
    expect(await closed.stop()).toBeGreaterThan(3);
    expect(new Set(closed.unexpected.map(({ outcome }) => outcome))).toEqual(new Set(['refused']));
    expect(await allowed.stop()).toBeGreaterThan(3);
    expect(allowed.unexpected).toEqual([]);
  });

  test('goes on after an outage of its API server', async () => {
    await node().controlPlane.killApiServer();
    await expect(node().api.text('GET', '/version')).rejects.toThrow();
    await node().controlPlane.startApiServer();
    await cluster.createNamespace('afterwards');
    const pods = await startPods(node(), [{ key: 'afterwards/server' }]);
    const [address = ''] = pods.get('afterwards/server')?.addresses ?? [];
    await become(node(), stranger, [{ address, port: 8080 }], reached);
  });

  test('knows that a connection to nothing is refused, and that a name is not there', async () => {
    const [address = ''] =
      (await startPods(node(), [{ key: 'friend/silent' }])).get('friend/silent')?.addresses ?? [];
    const outcomes = (
      await node().probe(stranger, [
        { address, port: 9 },
        { address: 'nothing.web.svc.cluster.local', port: 80 },
        { address: '10.96.0.10', port: 53, protocol: 'dns', name: 'kubernetes.default.svc.cluster.local' },
      ])
    ).map(({ outcome, name }) => name ?? outcome);
    expect(outcomes).toEqual(['refused', 'no-name', '10.96.0.1']);
  });
});

describeOnNode('two nodes of both families under kube-network-policies', () => {
  const { node } = onNode({
    nodes: 2,
    family: 'dual',
    enforcer: 'kube-network-policies',
  });

  test('let pods reach each other across machines, in both families, as policies say', async () => {
    const pods = await startWorld(node());
    const machines = new Set([...pods.values()].map(({ machine }) => machine));
    expect([...machines].sort()).toEqual(['ring-1', 'ring-2']);
    const services = await createService(node(), 'RequireDualStack');
    const targets = targetsOf(pods.get(server)?.addresses ?? [], services);
    expect(targets).toHaveLength(10);
    await denyAndAllow(node(), targets);
  });

  test('are open while their enforcers are away, and closed again when these are back', async () => {
    const { addresses } = await runningPod(node(), server);
    const targets = targetsOf(addresses, []);
    for (const name of node().names) await node().killEnforcer(name);
    await become(node(), stranger, targets, reached);
    for (const name of node().names) await node().startEnforcer(name);
    await become(node(), stranger, targets, denied);
    await become(node(), friend, targets, reached);
  });

  test('are called by the names of their Node objects', async () => {
    expect(node().names).toEqual(['ring-1', 'ring-2']);
    expect(await node().run('ring-2', 'hostname')).toBe('ring-2\n');
    await expect(node().run('ring-3', 'hostname')).rejects.toThrow(
      'no machine is called `ring-3`, but ring-1 and ring-2',
    );
  });
});

describe('a node is refused', () => {
  test('with kube-router for dual stack, which it does not enforce', async () => {
    await expect(startNode({ family: 'dual', enforcer: 'kube-router' })).rejects.toThrow(
      'take `kube-network-policies` for dual stack',
    );
  });
});
