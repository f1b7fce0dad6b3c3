// A CRD that changes under a running operator: its open watches go on with the schema of before for a while, and what is edited
// meanwhile comes to it without its new fields. It finds them all the same, without another edit.
import { afterAll, beforeAll, test } from '@jest/globals';
import { Cluster } from './cluster.ts';
import { startControlPlane } from './control-plane/control-plane.ts';
import { FaultProxy } from './fault-proxy.ts';
import { loosen, scribble } from './loosened-schema.ts';
import { OperatorProcess } from './operator-process.ts';
import { appNamespace, becomesRight, platformSpec } from './right-set.ts';

let cluster: Cluster;
let proxy: FaultProxy;
let operator: OperatorProcess;

beforeAll(async () => {
  const controlPlane = await startControlPlane();
  cluster = new Cluster(controlPlane);
  proxy = await FaultProxy.start(controlPlane);
  await cluster.installCrds();
  await cluster.createNamespace('shop', appNamespace);
  await cluster.platform(platformSpec);
  await cluster.createProfile('shop', 'web', { routes: [] });
  const kubeconfig = await proxy.kubeconfig(await cluster.operatorKubeconfig());
  operator = await OperatorProcess.start({ kubeconfig });
  await becomesRight(cluster, ['shop']);
}, 900_000);

afterAll(async () => {
  await operator?.stop();
  await proxy?.stop();
  await cluster?.controlPlane.stop();
});

interface Profile {
  readonly spec: { readonly later?: number };
}

test('a profile that is edited while watches have the old schema is known with its new field when they end', async () => {
  const profile = '/apis/ringfence.dev/v1alpha1/namespaces/shop/appnetworkprofiles/web';
  // The answer to a status that is written shows the whole profile, too: nothing but the watch is to tell of it.
  proxy.inject({ method: 'PATCH', path: /\/appnetworkprofiles\//, act: { kind: 'answer', status: 503 } });
  await loosen(cluster, 'appnetworkprofiles');
  // The only edit that the new schema stores.
  await scribble<Profile>(cluster, profile, { spec: { later: 1 } }, ({ spec }) => spec.later === 1);
  await cluster.eventually(
    'the operator wants to tell of the new field',
    async () =>
      proxy.seen.some(({ method, body }) => method === 'PATCH' && body.includes('spec.later')) || undefined,
    { timeoutMs: 300_000 },
  );
});
