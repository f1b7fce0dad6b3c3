// A change of what the operator finds out about the cluster: its DNS, and the addresses of its API server.
// The real API server maintains the slice with its own address, and restores it when somebody edits it, so that other addresses
// are written into the platform profile. Must not know what is promised.
import { createDns, dnsPorts, dnsSlicePath } from '../../e2e/support/fixtures.ts';
import { measureBulk, repeatWrites } from './bulk-work.ts';
import type { ScenarioResult } from './scenario-result.ts';
import { family, type Stage, timeoutMs } from './stage.ts';

/** The DNS is discovered, and its pods listen on another port: one policy of each namespace changes. */
export async function measureDnsChange(stage: Stage): Promise<ScenarioResult> {
  const { cluster } = stage.ours;
  await createDns(cluster, 5355);
  await cluster.platform({ dns: null });
  await stage.atRest('Enforced');
  return measureBulk(stage, {
    ...{ scenario: 'discovered DNS change', verb: 'PUT', namespaces: stage.namespaces, isCollected: true },
    names: ['ringfence-dns'],
    change: () => cluster.api.json('PATCH', dnsSlicePath, { ports: dnsPorts(5356) }),
  });
}

/** Some namespaces have a route to the API server, whose addresses change: one policy of each of them changes. */
export async function measureApiServerChange(stage: Stage): Promise<ScenarioResult> {
  await allowApiServer(stage);
  return measureBulk(stage, {
    ...{ scenario: 'API server change', verb: 'PUT', namespaces: stage.someNamespaces },
    change: () =>
      stage.ours.cluster.platform({ kubernetesAPI: { addresses: ['198.51.100.1'], ports: [6443] } }),
  });
}

/** The policies of these routes exist for both. */
async function allowApiServer(stage: Stage): Promise<void> {
  const { witness } = stage.ours;
  const namespaces = stage.someNamespaces;
  const before = witness.tally('ADDED', { family });
  stage.takeWrites();
  const route = { name: 'watch', from: { app: 'controller' }, to: { kubernetesAPI: {} } };
  await stage.createProfiles(namespaces, 'controller', [route]);
  await witness.tallied('ADDED', { family }, before + namespaces.length, timeoutMs);
  await stage.atRest('Enforced');
  await repeatWrites(stage, { verb: 'POST', namespaces }, stage.takeWrites());
}
