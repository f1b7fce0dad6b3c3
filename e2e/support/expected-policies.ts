// The expected policies of a cluster whose platform profile names one monitoring system, and whether the
// operator has settled with them. Must not use the operator's own code to decide what is right.
import { isDeepStrictEqual } from 'node:util';
import { type AnyCluster, denyIngress, monitoringPolicy, type StoredPolicy } from '../cluster.ts';
import { poll } from '../control-plane/poll.ts';
import { writeVerbs } from '../control-plane/request-counts.ts';

/** The labels of an application namespace. */
export const appNamespace = { app: 'yes' } as const;

/** The spec of a platform profile that enforces in application namespaces, with a ring of one policy. */
export const enforced = {
  enforcement: 'Enforce',
  namespaces: { selector: { matchLabels: appNamespace } },
} as const;

/** The same with a monitoring system, and so with a ring of two policies. */
export const platformSpec = {
  ...enforced,
  monitoring: [{ name: 'prometheus', namespace: 'monitoring', ports: ['metrics'] }],
} as const;

/** The names of the policies of every ringed namespace. */
export const ring = [denyIngress, monitoringPolicy] as const;

const specs: Readonly<Record<(typeof ring)[number], object>> = {
  [denyIngress]: { podSelector: {}, policyTypes: ['Ingress'] },
  [monitoringPolicy]: {
    podSelector: {},
    policyTypes: ['Ingress'],
    ingress: [
      {
        from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } }],
        ports: [
          { port: 'metrics', protocol: 'TCP' },
          { port: 1, protocol: 'TCP' },
        ],
      },
    ],
  },
};

/** By `namespace/name`. */
type PolicySet = Readonly<Record<string, object>>;

const managedPolicies =
  '/apis/networking.k8s.io/v1/networkpolicies?labelSelector=app.kubernetes.io%2Fmanaged-by%3Dringfence';

/** Waits until Ringfence's policies of the whole cluster are exactly those that the ringed namespaces should have. */
export async function becomesRight(cluster: AnyCluster, ringed: readonly string[], timeoutMs?: number) {
  const platform = await cluster.platformProfile();
  const owner = platform?.metadata.uid ?? 'none';
  const right: PolicySet = Object.fromEntries(
    ringed.flatMap((namespace) =>
      ring.map((name) => [`${namespace}/${name}`, { spec: specs[name], owners: [owner] }]),
    ),
  );
  await cluster.eventually(
    `the policies of [${ringed.join(' ')}] are right`,
    async () => isDeepStrictEqual(await written(cluster), right),
    { timeoutMs, instead: async () => explain(await written(cluster), right) },
  );
}

/** How many writes of policies and profiles the API server has answered, with any status. */
export async function countWrites(cluster: AnyCluster): Promise<number> {
  return cluster.countRequests({ verb: writeVerbs, group: ['networking.k8s.io', 'ringfence.dev'] });
}

/** Waits until nothing has been written for this many milliseconds, by the API server's own count. */
export async function comesToRest(cluster: AnyCluster, quietMs = 3_000): Promise<void> {
  let last = { writes: await countWrites(cluster), at: performance.now() };
  const look = async () => {
    const writes = await countWrites(cluster);
    if (writes !== last.writes) last = { writes, at: performance.now() };
    return performance.now() - last.at > quietMs;
  };
  await poll(look, {
    // Its metrics are some megabytes each time.
    everyMs: 500,
    expired: () => new Error(`something is still written after ${last.writes} writes`),
  });
}

/** The differences, policy by policy. */
function explain(found: PolicySet, right: PolicySet): string {
  const names = [...new Set([...Object.keys(found), ...Object.keys(right)])];
  return names
    .filter((name) => !isDeepStrictEqual(found[name], right[name]))
    .map((name) => `${name} is ${JSON.stringify(found[name])}, not ${JSON.stringify(right[name])}`)
    .join('\n');
}

async function written(cluster: AnyCluster): Promise<PolicySet> {
  const { items } = await cluster.api.json<{ items: StoredPolicy[] }>('GET', managedPolicies);
  return Object.fromEntries(
    items.map(({ metadata: { namespace, name, ownerReferences = [] }, spec }) => [
      `${namespace}/${name}`,
      { spec, owners: ownerReferences.map(({ uid }) => uid) },
    ]),
  );
}
