// The operator and reports of the canary that this test writes itself: no pod runs here, so what is reported is what the test says.
// What takes many looks is for FAULTS=full.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { useTool } from '../../test/cli/use-tool.ts';
import { type Cluster, conditionOf, type StoredPolicy, transition } from '../cluster.ts';
import { isFull } from '../faults/parameters.ts';
import { kubectl } from '../kubectl.ts';
import { enforced } from '../support/expected-policies.ts';
import { type OnCluster, onCluster } from '../support/on-cluster.ts';

const tool = useTool();
const namespace = 'ringfence-canary';
const policies = `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`;
const leases = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;
const apps = `/apis/apps/v1/namespaces/${namespace}`;
const nodesPath = '/api/v1/nodes';

const installCanary = async ({ cluster }: Pick<OnCluster, 'cluster'>) => {
  await cluster.operatorKubeconfig();
  await kubectl(cluster.controlPlane, 'apply', '--validate=strict', '-k', 'config/canary');
};

/** Waits until the condition is like this. */
async function becomes(cluster: Cluster, pattern: RegExp): Promise<void> {
  const now = async () => {
    const { status, reason, message } = conditionOf(await cluster.platformProfile(), 'Enforced') ?? {};
    return `${status} ${reason}: ${message}`;
  };
  await cluster.eventually(`Enforced is ${pattern}`, async () => pattern.test(await now()), { instead: now });
}

const nodeNames = (count: number) =>
  Array.from({ length: count }, (_, index) => `node-${String(index).padStart(3, '0')}`);

/** Nodes that are Ready, as far as anybody says. */
async function createNodes(cluster: Cluster, names: readonly string[]): Promise<void> {
  for (const name of names) {
    await cluster.api.json('POST', nodesPath, { metadata: { name } });
    const conditions = [{ type: 'Ready', status: 'True' }];
    await cluster.api.json('PATCH', `${nodesPath}/${name}/status`, { status: { conditions } });
  }
}

/** The Lease of a client. */
function lease(
  node: string,
  number: number,
  more: { takesPart?: boolean; outcome?: string; marker?: number } = {},
) {
  const { takesPart = true, outcome = 'holds', marker } = more;
  const checks = ['Ingress', 'Egress'].map((direction) => ({
    ...{ direction, node, outcome, family: 'IPv4', confirmed: true },
  }));
  return {
    metadata: {
      name: `client-${node}`,
      ...(takesPart && { labels: { 'canary.ringfence.dev/takes-part': 'true' } }),
      annotations: {
        'canary.ringfence.dev/report': JSON.stringify({
          ...{ version: 1, number, checks, capabilities: {} },
          ...(marker !== undefined && { marker: { number: marker } }),
        }),
      },
    },
    // An hour wrong.
    spec: { holderIdentity: node, renewTime: '2001-01-01T00:00:00.000000Z' },
  };
}

const replaceLease = async (cluster: Cluster, node: string, number: number, outcome: string) =>
  await cluster.api.json('PATCH', `${leases}/client-${node}`, lease(node, number, { outcome }));

describe('reports', () => {
  const { cluster, killOperators, startOperator } = onCluster({
    platform: { enforcement: 'DryRun' },
    beforeOperator: async (on) => {
      await createNodes(on.cluster, nodeNames(2));
      await installCanary(on);
      // As if all pods ran.
      const status = { replicas: 3, readyReplicas: 3, availableReplicas: 3 };
      for (const name of ['listener-a', 'listener-b'])
        await on.cluster.api.json('PATCH', `${apps}/deployments/${name}/status`, { status });
      const onNodes = { currentNumberScheduled: 2, desiredNumberScheduled: 2, numberReady: 2 };
      await on.cluster.api.json('PATCH', `${apps}/daemonsets/client/status`, {
        status: { ...onNodes, numberMisscheduled: 0, observedGeneration: 1 },
      });
    },
    operator: {},
  });

  test('can not come where clients may not connect to the port of the API server: that is named, and may be allowed', async () => {
    const { port } = new URL(cluster.controlPlane.url);
    await becomes(
      cluster,
      new RegExp(
        `^Unknown Starting: no pod .* yet: the API server listens on port ${port}: add that to the policy \`clients-api-server\`$`,
      ),
    );
    const { spec } = await cluster.api.json<StoredPolicy>('GET', `${policies}/clients-api-server`);
    const egress = [...(spec.egress ?? []), { ports: [{ port: Number(port) }] }];
    await cluster.api.json('PATCH', `${policies}/clients-api-server`, { spec: { egress } });
    await becomes(cluster, /^Unknown Starting: no pod of the canary has reported yet$/);
  });

  if (isFull) {
    test('say nothing where the policy for the API server opens a port which is tried', async () => {
      const { spec } = await cluster.api.json<StoredPolicy>('GET', `${policies}/clients-api-server`);
      const opened = [...(spec.egress ?? []), { ports: [{ port: 8000, endPort: 9000 }] }];
      await cluster.api.json('PATCH', `${policies}/clients-api-server`, { spec: { egress: opened } });
      await becomes(cluster, /^Unknown CanaryChanged: the policy `clients-api-server` .* opens port 8080, /);
      await cluster.api.json('PATCH', `${policies}/clients-api-server`, { spec: { egress: spec.egress } });
      await becomes(cluster, /^Unknown Starting/);
    });
  }

  test('count by their number, whatever the clock of the node says, and not if they are put back', async () => {
    await cluster.api.json('POST', leases, lease('node-000', 5));
    await becomes(cluster, /^True Enforced: .*; canary pods on 1 of 2 nodes$/);
    await replaceLease(cluster, 'node-000', 6, 'open');
    await becomes(cluster, /^False NotEnforced: policies are not in force on `node-000`: /);
    await replaceLease(cluster, 'node-000', 5, 'holds');
    await cluster.api.json('POST', leases, lease('node-001', 1));
    await becomes(cluster, /^False NotEnforced: .* on `node-000`: .*; canary pods on 2 of 2 nodes$/);
    await replaceLease(cluster, 'node-000', 7, 'holds');
    await becomes(cluster, /^True Enforced/);
  });

  test('are shown by the tool, node by node', async () => {
    const environment = { KUBECONFIG: cluster.controlPlane.kubeconfigPath };
    const shown = async () => await tool.run('ringfence canary', { environment });
    const [before, data] = [await shown(), await tool.run('ringfence canary -o json', { environment })];
    expect([before.exitCode, before.stderr]).toEqual([0, '']);
    expect(before.stdout).toMatch(
      /^Enforced: True \(Enforced\), since .*\nwhat the policies of the canary deny/,
    );
    expect(before.stdout).toMatch(/^node-000 +in force +in force +- +\d+ s ago$/m);
    expect(before.stdout).toMatch(
      /^SCTP +Unknown +rules for SCTP are followed; not known: the canary cannot speak SCTP$/m,
    );
    const schema = JSON.parse(readFileSync('docs/reference/canary.schema.json', 'utf8'));
    expect(z.fromJSONSchema(schema).safeParse(JSON.parse(data.stdout)).error).toBeUndefined();
    await replaceLease(cluster, 'node-000', 8, 'open');
    await becomes(cluster, /^False NotEnforced/);
    const after = await shown();
    expect(after.exitCode).toBe(1);
    expect(after.stdout).toMatch(/^node-000 +not in force +not in force +/m);
    await replaceLease(cluster, 'node-000', 9, 'holds');
    await becomes(cluster, /^True Enforced/);
  });

  test('are not needed by who may only read the platform profile', async () => {
    await kubectl(cluster.controlPlane, 'create', 'serviceaccount', 'reader', '-n', 'default');
    const words = ['--clusterrole=ringfence-view', '--serviceaccount=default:reader'];
    await kubectl(cluster.controlPlane, 'create', 'clusterrolebinding', 'reader', ...words);
    const environment = {
      KUBECONFIG: await cluster.controlPlane.serviceAccountKubeconfig('default', 'reader'),
    };
    const { exitCode, stdout } = await tool.run('ringfence canary', { environment });
    expect(exitCode).toBe(0);
    expect(stdout).toContain("note: the reports of the nodes can't be read: ask for `list` of `leases` in");
    expect(stdout).toMatch(/^EndPort +Unknown/m);
  });

  test('are judged by the next operator before it says anything: the time of the condition stays', async () => {
    const since = async () => conditionOf(await cluster.platformProfile(), 'Enforced')?.lastTransitionTime;
    const before = await since();
    await killOperators();
    await startOperator();
    await replaceLease(cluster, 'node-000', 20, 'cut');
    await becomes(cluster, /^True Degraded/);
    await replaceLease(cluster, 'node-000', 21, 'holds');
    await becomes(cluster, /^True Enforced/);
    expect(await since()).toBe(before);
  });

  test('are no answer once the operator is gone', async () => {
    const environment = { KUBECONFIG: cluster.controlPlane.kubeconfigPath };
    const operatorLeases = '/apis/coordination.k8s.io/v1/namespaces/ringfence-system/leases';
    // As an operator leaves it that is killed.
    await cluster.api.json('POST', operatorLeases, {
      metadata: { name: 'ringfence-operator' },
      spec: {
        ...{ holderIdentity: 'killed', leaseDurationSeconds: 15 },
        ...{ renewTime: '2020-01-01T00:00:00.000000Z', acquireTime: '2020-01-01T00:00:00.000000Z' },
      },
    });
    const { exitCode, stdout } = await tool.run('ringfence canary', { environment });
    await cluster.api.json('DELETE', `${operatorLeases}/ringfence-operator`);
    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/^Enforced: True .*\n.*\nnote: the operator is not active \(.*nobody knows/);
  });

  test('of a node that does not exist, or is gone, do not count', async () => {
    await cluster.api.json('POST', leases, lease('forged', 1, { outcome: 'open' }));
    await cluster.api.json('DELETE', `${nodesPath}/node-001`);
    await becomes(cluster, /^True Enforced: .*; canary pods on 1 of 1 node$/);
  });

  if (isFull) {
    test('of a node that is not Ready do not say that the CNI enforces nothing', async () => {
      const conditions = [{ type: 'Ready', status: 'False' }];
      await cluster.api.json('PATCH', `${nodesPath}/node-000/status`, { status: { conditions } });
      await replaceLease(cluster, 'node-000', 30, 'open');
      await becomes(cluster, /^Unknown Starting/);
      await replaceLease(cluster, 'node-000', 31, 'holds');
      await becomes(cluster, /^True Enforced/);
    });
  }
});

if (isFull) {
  describe('in a cluster of more nodes than are tested at a time', () => {
    // The first of them have no client.
    const all = nodeNames(620);
    const withClient = all.slice(20);
    const { cluster } = onCluster({
      platform: { enforcement: 'DryRun' },
      beforeOperator: async (on) => {
        await createNodes(on.cluster, all);
        await installCanary(on);
        for (const node of withClient)
          await on.cluster.api.json('POST', leases, lease(node, 1, { takesPart: false }));
      },
      operator: {},
    });

    test('twenty that have a client take part, among all of them, and only those are read', async () => {
      const nodes = await cluster.eventually("it is somebody's turn", async () => {
        const stored = await cluster.find<AnnotatedPolicy>(`${policies}/marker`);
        return stored?.metadata.annotations['canary.ringfence.dev/nodes']?.split(',');
      });
      expect(nodes).toHaveLength(20);
      expect(withClient).toEqual(expect.arrayContaining(nodes));
      await becomes(cluster, /^Unknown Starting: no pod of the canary has reported yet/);
      const [node = ''] = nodes;
      await cluster.api.json('PATCH', `${leases}/client-${node}`, lease(node, 2));
      await becomes(cluster, /^True Enforced: .*; canary pods on 1 of 620 nodes$/);
    });
  });
}

interface AnnotatedPolicy {
  readonly metadata: { readonly annotations: Readonly<Record<string, string>> };
}

describe('an operator that settles by the canary', () => {
  const { cluster } = onCluster({
    namespaces: ['live'],
    platform: { ...enforced, enforcement: 'DryRun' },
    beforeOperator: async (on) => {
      await createNodes(on.cluster, nodeNames(2));
      await installCanary(on);
      for (const node of nodeNames(2)) await on.cluster.api.json('POST', leases, lease(node, 1));
    },
    operator: { settle: 'auto' },
  });

  const markerNumber = async () =>
    Number(
      (await cluster.find<AnnotatedPolicy>(`${policies}/marker`))?.metadata.annotations[
        'canary.ringfence.dev/marker'
      ],
    );
  const isOpen = async () => (await cluster.policyNames('live')).includes(transition);
  const report = async (node: string, number: number, marker: number) =>
    await cluster.api.json('PATCH', `${leases}/client-${node}`, lease(node, number, { marker }));

  test('closes a live namespace when every client has seen a marker that was written after its policies', async () => {
    await becomes(cluster, /^True Enforced/);
    const before = await markerNumber();
    await cluster.platform(enforced);
    await cluster.eventually('it is being closed', isOpen);
    await cluster.eventually('there is a new marker', async () => (await markerNumber()) > before);
    const marker = await markerNumber();
    await report('node-000', 2, marker);
    await new Promise((resolve) => setTimeout(resolve, 10_000));
    expect(await isOpen()).toBe(true);
    await report('node-001', 2, marker);
    const seenAt = performance.now();
    await cluster.eventually('it is closed', async () => !(await isOpen()));
    // The operator looks some time after the report.
    expect(performance.now() - seenAt).toBeGreaterThan(5_000);
    expect(await markerNumber()).toBe(marker);
  });

  test('waits five seconds when the canary is gone', async () => {
    await cluster.platform({ enforcement: 'DryRun' });
    await cluster.eventually('it is being opened', isOpen);
    await kubectl(cluster.controlPlane, 'delete', '--wait=false', 'namespace', namespace);
    await cluster.eventually('it is open', async () => (await cluster.policyNames('live')).length === 0);
  });
});

if (isFull) {
  describe('a canary that somebody took apart', () => {
    const { cluster } = onCluster({
      platform: { enforcement: 'DryRun' },
      beforeOperator: installCanary,
      operator: {},
    });

    test('is Unknown, and what is missing is named', async () => {
      await becomes(cluster, /^Unknown Starting: .*: the Deployment `listener-a` has 0 of 3 pods ready$/);
      await cluster.api.json('PATCH', `${apps}/deployments/listener-a`, { spec: { replicas: 0 } });
      await becomes(cluster, /^Unknown Starting: .*: the Deployment `listener-a` is scaled to 0: apply/);
      await cluster.api.json('DELETE', `${apps}/deployments/listener-a`);
      await becomes(cluster, /^Unknown Starting: .*: the Deployment `listener-a` is missing: apply/);
      await cluster.deletePolicy(namespace, 'clients-egress');
      await becomes(cluster, /^Unknown CanaryChanged: the policy `clients-egress` .* is missing: apply/);
    });
  });
}
