// The ready-made profiles of config/samples/systems, applied as a person does it: the API server takes each of them under
// strict validation, and the operator makes every route of them work.
import { readdirSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { denyIngress, readManifests } from '../cluster.ts';
import { kubectl } from '../kubectl.ts';
import { createDns, createNode } from '../support/fixtures.ts';
import { onCluster } from '../support/on-cluster.ts';

const folder = 'config/samples/systems';
const files = readdirSync(folder).filter((file) => file !== 'platform.yaml');

/** The profile in a file. */
function profileIn(file: string) {
  const profile = readManifests(`${folder}/${file}`).find(({ kind }) => kind === 'AppNetworkProfile');
  const { namespace = '', name = '' } = profile?.metadata ?? {};
  return { namespace, name, spec: profile?.spec as { egress?: string; routes: readonly object[] } };
}

const { cluster } = onCluster({
  beforeOperator: async ({ cluster }) => {
    await createDns(cluster);
    await createNode(cluster, 'a', ['10.0.0.4'], ['10.244.0.0/24']);
  },
  operator: { settle: 0 },
  afterOperator: async ({ cluster }) => {
    const printed = await kubectl(cluster.controlPlane, 'apply', '--validate=strict', '-f', folder);
    expect(printed.match(/appnetworkprofile\S+ created/g)).toHaveLength(files.length);
  },
});

describe('the profiles of systems', () => {
  test('are a dry run at first: nothing is written, whatever they say', async () => {
    await cluster.platformCondition('Ready', 'True', 'DryRun');
    for (const file of files) expect(await cluster.policyNames(profileIn(file).namespace)).toEqual([]);
  });

  test('fence their namespaces when the platform enforces, without a finding', async () => {
    await cluster.platform({ enforcement: 'Enforce' });
    await cluster.platformCondition('Ready', 'True', 'Enforced');
    const { message } = await cluster.platformCondition('Accepted', 'True');
    expect(message).toBe('the profile is accepted');
    for (const file of files) {
      expect(await cluster.policyNames(profileIn(file).namespace)).toContain(denyIngress);
    }
  });

  test.each(files)('%s has every route in force', async (file) => {
    const { namespace, name, spec } = profileIn(file);
    const routes = await cluster.eventually(`the routes of ${name} are reported`, async () => {
      const profile = await cluster.profile(namespace, name);
      const told = profile?.status?.routes ?? [];
      return told.length === spec.routes.length ? told : undefined;
    });
    const expected = spec.egress === 'Restricted' ? ['Active'] : ['Active', 'NotNeeded'];
    expect(routes.filter(({ state }) => !expected.includes(state))).toEqual([]);
    // If egress is not restricted, a route out of the namespace is not needed.
    expect(routes.some(({ state }) => state === 'NotNeeded')).toBe(spec.egress !== 'Restricted');
  });

  test('without that of the DNS leave it in a ring that lets nobody ask, which is reported', async () => {
    await kubectl(cluster.controlPlane, 'delete', '-f', `${folder}/coredns.yaml`);
    await cluster.platformReports('DnsShutOut: the DNS of the cluster is here');
    await kubectl(cluster.controlPlane, 'apply', '-f', `${folder}/coredns.yaml`);
    await cluster.platformReports('the profile is accepted');
  });
});
