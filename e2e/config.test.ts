// The manifests of config/, applied with the very commands that the README and the log tell people to type; and the
// operator living with just the role that they grant.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Cluster, denyIngress, monitoringPolicy } from './cluster.ts';
import { ensureBinaries } from './control-plane/binaries.ts';
import { type ControlPlane, startControlPlane } from './control-plane/control-plane.ts';
import { OperatorProcess } from './operator-process.ts';

const run = promisify(execFile);

let controlPlane: ControlPlane;
let kubectl: (...args: readonly string[]) => Promise<string>;

beforeAll(async () => {
  const paths = await ensureBinaries(['kubectl']);
  controlPlane = await startControlPlane();
  kubectl = async (...args) =>
    (await run(paths.kubectl, ['--kubeconfig', controlPlane.kubeconfigPath, ...args])).stdout;
}, 900_000);

afterAll(() => controlPlane?.stop(), 60_000);

test('config/crd, config/rbac, config/network and the sample shop are accepted, with strict validation', async () => {
  expect(await kubectl('apply', '--validate=strict', '-k', 'config/crd')).toMatch(
    /platformnetworkprofiles.* created/,
  );
  expect(await kubectl('apply', '--validate=strict', '-k', 'config/rbac')).toMatch(
    /ringfence-operator created/,
  );
  expect(await kubectl('apply', '--validate=strict', '-k', 'config/network')).toMatch(/operator created/);
  await kubectl('wait', '--for=condition=Established', '--timeout=20s', 'crd', '--all');
  expect(await kubectl('apply', '--validate=strict', '-f', 'config/samples/shop')).toMatch(/default created/);
});

test('the role of config/rbac is enough for the operator, from dry run to Off', async () => {
  const kubeconfig = await controlPlane.serviceAccountKubeconfig('ringfence-system', 'ringfence-operator');
  const cluster = new Cluster(controlPlane);
  await using operator = await OperatorProcess.start({ kubeconfig });
  await cluster.platformCondition('Ready', 'True', 'DryRun');
  await cluster.platform({ enforcement: 'Enforce' });
  await cluster.platformCondition('Ready', 'True', 'Enforced');
  await cluster.patchPolicy('shop-staging', denyIngress, { spec: { ingress: [{}] } });
  await cluster.eventually('the edit is gone', async () =>
    (await cluster.policies('shop-staging')).get(denyIngress)?.spec.ingress === undefined ? true : undefined,
  );
  await cluster.deletePolicy('shop-staging', monitoringPolicy);
  await cluster.policiesAre('shop-staging', [denyIngress, monitoringPolicy]);
  await cluster.createProfile('shop', 'web', { routes: [] });
  await cluster.eventually('the profile has its status', async () =>
    (await cluster.profile('shop', 'web'))?.status?.conditions?.find(
      ({ type, status }) => type === 'Ready' && status === 'True',
    ),
  );
  await cluster.platform({ enforcement: 'Off' });
  await cluster.platformCondition('Ready', 'True', 'Off');
  expect(operator.lines.filter(({ level }) => level >= 40)).toEqual([]);
});

test('people read at a glance where it stands', async () => {
  const [heading, row] = (await kubectl('get', 'platnet')).trim().split('\n');
  expect(heading?.split(/\s{2,}/)).toEqual(
    expect.arrayContaining(['NAME', 'ENFORCEMENT', 'READY', 'POLICIES']),
  );
  expect(row).toMatch(/^default\s+Off\s+/);
  expect(await kubectl('get', 'appnet', '-n', 'shop')).toMatch(/web\s+/);
});
