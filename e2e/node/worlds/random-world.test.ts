// Random worlds: an API server accepts each of them, a seed always makes the same one, and they are neither all open nor all closed.
import { expect, test } from '@jest/globals';
import { snapshotOf } from '../../../src/cli/snapshot/cluster-snapshot.ts';
import { inForce } from '../../../src/cli/snapshot/in-force.ts';
import { compile } from '../../../src/compile/compile.ts';
import type { Manifest } from '../../cluster.ts';
import { onCluster } from '../../support/on-cluster.ts';
import { agentPodManifest } from '../pods.ts';
import { castNamespaces, servedBy } from './cast.ts';
import { castDeployments, castPods } from './cast-objects.ts';
import { expectedOf } from './comparison.ts';
import { listedObjects } from './listed-objects.ts';
import { Matrix } from './matrix.ts';
import { probesOf } from './probes.ts';
import { objectsOf, randomWorld } from './random-world.ts';

const { cluster } = onCluster({ namespaces: Object.fromEntries(castNamespaces.map((name) => [name, {}])) });
const dual = { families: ['IPv4', 'IPv6'] } as const;
const seeds = Array.from({ length: 40 }, (_, index) => index + 1);
const paths: Readonly<Record<string, string>> = {
  Service: 'services',
  Pod: 'pods',
  Deployment: 'deployments',
  NetworkPolicy: 'networkpolicies',
  AppNetworkProfile: 'appnetworkprofiles',
  PlatformNetworkProfile: 'platformnetworkprofiles',
};

/** What the API server says against an object; undefined if it accepts it. */
async function refusal(
  manifest: Manifest | ReturnType<typeof agentPodManifest>,
): Promise<string | undefined> {
  const { apiVersion, kind, metadata } = manifest;
  const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const place =
    !('namespace' in metadata) || metadata.namespace === undefined ? '' : `/namespaces/${metadata.namespace}`;
  const path = `${group}${place}/${paths[kind]}?dryRun=All&fieldValidation=Strict`;
  return await cluster.api.json('POST', path, manifest).then(
    () => undefined,
    (error: Error) => `${JSON.stringify(manifest)}: ${error.message}`,
  );
}

test('an API server accepts the cast and the objects of every world', async () => {
  const worlds = seeds.map((seed) => randomWorld(seed, dual));
  const machines = ['ring-1', 'ring-2'];
  const all = [
    ...castPods(machines).map(agentPodManifest),
    ...castDeployments(machines),
    ...worlds.flatMap(objectsOf),
  ];
  const refused = await Promise.all(all.map(refusal));
  expect(refused.filter((each) => each !== undefined)).toEqual([]);
});

test('a seed makes the same world again, and another seed another one', () => {
  expect(randomWorld(7, dual)).toEqual(randomWorld(7, dual));
  expect({ ...randomWorld(8, dual), seed: 7 }).not.toEqual(randomWorld(7, dual));
});

test('worlds are neither all open nor all closed, and most of their routes are in force', () => {
  const shares = seeds.map((seed) => {
    const snapshot = snapshotOf(listedObjects(randomWorld(seed, dual)), 'ringfence-system');
    expect(snapshot.problems).toEqual([]);
    const { facts } = inForce(snapshot, 'AsWritten');
    const matrix = new Matrix(facts, 4);
    const probes = probesOf(
      { facts, isClient: () => true, portsOf: servedBy, outside: [], outsideClients: [] },
      4,
    );
    const reached = probes.filter((probe) => expectedOf(matrix, probe) === 'reached').length;
    const states = compile(snapshot.cluster.view()).namespaces.flatMap(({ profiles }) =>
      profiles.flatMap(({ routes }) => routes.map(({ state }) => state)),
    );
    return {
      reached: reached / probes.length,
      active: states.filter((state) => state === 'Active').length / states.length,
    };
  });
  const mean = (all: readonly number[]) => all.reduce((sum, each) => sum + each, 0) / all.length;
  const between = shares.filter(({ reached }) => reached > 0.05 && reached < 0.95);
  expect(between.length).toBeGreaterThan(seeds.length * 0.8);
  expect(mean(shares.map(({ reached }) => reached))).toBeGreaterThan(0.1);
  expect(mean(shares.map(({ active }) => active))).toBeGreaterThan(0.3);
});
