// The health checks for Argo CD that the docs give, run by a Lua interpreter on statuses that the operator really wrote.
import { expect, test } from '@jest/globals';
import { LuaFactory } from 'wasmoon';
import { parse } from 'yaml';
import { readPages } from '../../test/pages.ts';
import { enforced } from '../support/expected-policies.ts';
import { onAnyCluster } from '../support/on-cluster.ts';

type Kind = 'AppNetworkProfile' | 'PlatformNetworkProfile';

interface Health {
  readonly status: string;
  readonly message: string;
}

const { cluster, startOperator, stopOperators } = onAnyCluster({ namespaces: ['shop'] });

/** The Lua of a kind, as it stands in the page. */
function checkOf(kind: Kind): string {
  const page = readPages().find(({ path }) => path === 'docs/guides/gitops.md');
  const block = page?.blocks.find(({ text }) => text.startsWith('# argocd-cm.yaml'));
  const { data } = parse(block?.text ?? '') as { data: Record<string, string> };
  return data[`resource.customizations.health.ringfence.dev_${kind}`] ?? '';
}

/** What Argo CD makes of an object: it is a Lua table named `obj`, whose lists start at 1. */
async function healthOf(kind: Kind, object: unknown): Promise<Health> {
  const engine = await new LuaFactory().createEngine({ enableProxy: false });
  try {
    engine.global.set('obj', object);
    return (await engine.doString(checkOf(kind))) as Health;
  } finally {
    engine.global.close();
  }
}

/** Waits until the profile that is stored has this health. */
async function becomes(kind: Kind, status: string, message: RegExp): Promise<void> {
  const stored = () =>
    kind === 'AppNetworkProfile' ? cluster.profile('shop', 'shop') : cluster.platformProfile();
  await cluster.eventually(
    `${kind} is ${status}`,
    async () => {
      const health = await healthOf(kind, await stored());
      return health.status === status && message.test(health.message);
    },
    { instead: async () => JSON.stringify(await healthOf(kind, await stored())) },
  );
}

const routeTo = (end: object) => ({
  routes: [{ name: 'in', from: { app: 'batch' }, to: end, ports: [8080] }],
});

test('nothing is healthy before the operator has seen it', async () => {
  await cluster.createProfile('shop', 'shop', routeTo({ app: 'web' }));
  await becomes('AppNetworkProfile', 'Progressing', /has not seen this version yet/);
});

test("a team's profile waits for the platform's, and is healthy with it", async () => {
  await startOperator();
  await becomes('AppNetworkProfile', 'Progressing', /there is no PlatformNetworkProfile/);
  await cluster.platform(enforced);
  await becomes('PlatformNetworkProfile', 'Healthy', /1 namespace/);
  await becomes('AppNetworkProfile', 'Healthy', /its policies are written/);
});

test('a rejected route degrades its profile and no other, and says why', async () => {
  const service = { metadata: { name: 'web' }, spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } };
  await cluster.api.json('POST', '/api/v1/namespaces/shop/services', service);
  await cluster.patchProfile('shop', 'shop', { spec: routeTo({ service: 'web' }) });
  await becomes('AppNetworkProfile', 'Degraded', /route `in` is Rejected: .*has no port `8080`/);
  await becomes('PlatformNetworkProfile', 'Healthy', /./);
});

test('a route that waits for another team leaves its profile healthy', async () => {
  await cluster.patchProfile('shop', 'shop', { spec: routeTo({ namespace: { name: 'not-there-yet' } }) });
  await cluster.eventually('the route waits', async () =>
    (await cluster.profile('shop', 'shop'))?.status?.routes?.find(({ state }) => state === 'Pending'),
  );
  await becomes('AppNetworkProfile', 'Healthy', /./);
});

test('a changed platform profile is in progress until it is dealt with', async () => {
  await stopOperators();
  await cluster.platform({ enforcement: 'DryRun' });
  expect(await healthOf('PlatformNetworkProfile', await cluster.platformProfile())).toMatchObject({
    status: 'Progressing',
  });
  await startOperator();
  await becomes('PlatformNetworkProfile', 'Healthy', /none is written/);
});
