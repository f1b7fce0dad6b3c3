// `ringfence verify --all` on the sample shop, with pods that listen where its Services say: the network agrees with what the shop declares
// while an enforcer runs, disagrees about what is denied as soon as that is stopped, and agrees again.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { useTool } from '../../test/cli/use-tool.ts';
import { denyIngress, platformPath } from '../cluster.ts';
import { kubectl } from '../kubectl.ts';
import { install } from '../support/installation.ts';
import { describeOnNode, type OnNode, onNode } from './on-node.ts';
import { type AgentPod, startPods } from './pods.ts';

const tool = useTool();
/** A check takes about ten seconds. */
const patienceMs = 600_000;

const pod = (key: AgentPod['key'], port: number): AgentPod => ({
  key,
  labels: { 'app.kubernetes.io/name': key.replace(/^.*\//, '') },
  listen: [`tcp:${port}`],
  portNames: { [port === 27017 ? 'mongodb' : 'http']: { port } },
});

const pods: readonly AgentPod[] = [
  pod('shop/nosqlclient', 3000),
  pod('shop/web-console', 8080),
  pod('shop/mongo', 27017),
  pod('shop-admin/admin-console', 8081),
  pod('shop-staging/nosqlclient', 3000),
];

/** What the shop declares, in words of its own: who may connect to whom, among its pods. */
const declared = new Set([
  'shop/nosqlclient service/shop/mongo',
  'shop/web-console service/shop/mongo',
  'shop-admin/admin-console service/shop/mongo',
]);

const targets = [
  ['service/shop/mongo', 27017],
  ['service/shop/nosqlclient', 80],
  ['shop-admin/admin-console', 8081],
] as const;

const checks = [
  'shop/nosqlclient',
  'shop/web-console',
  'shop-admin/admin-console',
  'shop-staging/nosqlclient',
].flatMap((from) =>
  targets
    .filter(([to]) => !to.endsWith(from))
    .map(([to, port]) => ({ from, to, port, expect: declared.has(`${from} ${to}`) ? 'allowed' : 'denied' })),
);

async function openShop({ node, cluster }: OnNode): Promise<void> {
  await node().loadOperatorImage();
  await install(node());
  await kubectl(node(), 'apply', '-f', 'config/samples/shop/namespaces.yaml', '-f', 'config/samples/shop');
  await startPods(node(), pods);
  await cluster.api.json('PATCH', platformPath, { spec: { enforcement: 'Enforce' } });
  for (const namespace of ['shop', 'shop-admin', 'shop-staging'])
    await cluster.eventually(`${namespace} is ringed`, async () => {
      const names = await cluster.policyNames(namespace);
      return names.includes(denyIngress) && !names.includes('ringfence-transition');
    });
}

interface Verified {
  readonly checks: readonly {
    readonly from: string;
    readonly to: string;
    readonly expected: string;
    readonly agreement: string;
    readonly lookAt: readonly string[];
  }[];
  readonly failed: readonly object[];
}

describeOnNode('ringfence verify on the sample shop', () => {
  const on = onNode({ enforcer: 'kube-network-policies' }, openShop);

  /** Tries these. @returns what it prints, and the exit code */
  async function verify(some: readonly object[]) {
    writeFileSync(join(tool.folder, 'checks.yaml'), JSON.stringify(some));
    const environment = { KUBECONFIG: on.node().kubeconfigPath };
    const line = 'ringfence verify --all -f checks.yaml --settle 2 -o json';
    const { stdout, exitCode } = await tool.run(line, { folder: tool.folder, environment });
    return { exitCode, ...(JSON.parse(stdout) as Verified) };
  }

  test(
    'the network agrees with the policies about every connection, and these say what the shop declares',
    async () => {
      const { exitCode, failed, checks: done } = await verify(checks);
      expect(failed).toEqual([]);
      expect(done.map(({ from, to, expected, agreement }) => [from, to, expected, agreement])).toEqual(
        checks.map(({ from, to, expect: wanted }) => [from, to, wanted, 'Agrees']),
      );
      expect(exitCode).toBe(0);
    },
    patienceMs,
  );

  const some = checks.filter(({ from }) => from === 'shop-admin/admin-console');

  test(
    'it disagrees about what is denied, and about nothing else, while the enforcer is stopped',
    async () => {
      await on.node().killEnforcer('ring-1');
      const { exitCode, checks: done } = await verify(some);
      expect(exitCode).toBe(3);
      expect(done.map(({ expected, agreement }) => [expected, agreement])).toEqual(
        some.map(({ expect: wanted }) => [wanted, wanted === 'denied' ? 'Disagrees' : 'Agrees']),
      );
      for (const { agreement, lookAt } of done)
        if (agreement === 'Disagrees')
          expect(lookAt[0]).toMatch(/^whether the CNI enforces NetworkPolicies at all, .* on `ring-1`/);
    },
    patienceMs,
  );

  test(
    'it agrees again when the enforcer is back',
    async () => {
      await on.node().startEnforcer('ring-1');
      await on.cluster.eventually(
        'it follows the policies',
        async () => (await verify(some)).exitCode === 0,
        { timeoutMs: patienceMs },
      );
    },
    patienceMs,
  );
});
