// The operator and reports of the canary that this test writes itself: no pod runs here, so what is reported is what the test says.
import { expect, test } from '@jest/globals';
import { conditionOf, type StoredPolicy } from '../cluster.ts';
import { kubectl } from '../kubectl.ts';
import { onCluster } from '../support/on-cluster.ts';

const namespace = 'ringfence-canary';
const policies = `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`;

const { cluster } = onCluster({
  platform: { enforcement: 'DryRun' },
  beforeOperator: async ({ cluster }) => {
    await cluster.operatorKubeconfig();
    await kubectl(cluster.controlPlane, 'apply', '--validate=strict', '-k', 'config/canary');
  },
  operator: {},
});

/** Waits until the condition is like this. */
async function becomes(pattern: RegExp): Promise<void> {
  const now = async () => {
    const { status, reason, message } = conditionOf(await cluster.platformProfile(), 'Enforced') ?? {};
    return `${status} ${reason}: ${message}`;
  };
  await cluster.eventually(`Enforced is ${pattern}`, async () => pattern.test(await now()), { instead: now });
}

test('where clients may not connect to the port of the API server, that port is named, and may be allowed', async () => {
  const { port } = new URL(cluster.controlPlane.url);
  await becomes(
    new RegExp(
      `^Unknown Starting: no pod .* yet: the API server listens on port ${port}: add that to the policy \`clients-api-server\`$`,
    ),
  );
  const { spec } = await cluster.api.json<StoredPolicy>('GET', `${policies}/clients-api-server`);
  const egress = [...(spec.egress ?? []), { ports: [{ port: Number(port) }] }];
  await cluster.api.json('PATCH', `${policies}/clients-api-server`, { spec: { egress } });
  await becomes(/^Unknown Starting: no pod of the canary has reported yet$/);
});

test('a policy for the API server that opens a port which is tried is told as a change', async () => {
  const { spec } = await cluster.api.json<StoredPolicy>('GET', `${policies}/clients-api-server`);
  const opened = [...(spec.egress ?? []), { ports: [{ port: 8000, endPort: 9000 }] }];
  await cluster.api.json('PATCH', `${policies}/clients-api-server`, { spec: { egress: opened } });
  await becomes(/^Unknown CanaryChanged: the policy `clients-api-server` .* opens port 8080, /);
  await cluster.api.json('PATCH', `${policies}/clients-api-server`, { spec: { egress: spec.egress } });
  await becomes(/^Unknown Starting/);
  expect(await cluster.policyNames(namespace)).toContain('marker');
});
