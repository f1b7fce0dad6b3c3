// What holds of egress whatever the cluster, by the analysis of the policies: a stricter mode allows less, another route more, and
// a live namespace on its way from one mode to another loses no connection that both allow, and gains none that neither does.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { namespace, platformOwner, written } from '../../test/fixtures.ts';
import { runs } from '../../test/property-runs.ts';
import { type Cluster, neighbours, viewOf } from '../../test/random-cluster.ts';
import { analyze } from '../analyze/analysis.ts';
import type { Endpoint } from '../analyze/endpoints.ts';
import type { AnalysisInput, PolicyFacts } from '../analyze/facts.ts';
import { type EgressMode, egressModes } from '../api/egress.ts';
import { compile } from '../compile/compile.ts';
import type { DesiredPolicy } from '../model/policies.ts';
import { type PortSpec, parsePort } from '../model/ports.ts';
import type { NamespaceFacts } from '../view/cluster-view.ts';
import type { PolicyChange } from './changes.ts';
import { plan } from './plan.ts';

const apps = ['web', 'api'] as const;
const addresses = [
  '8.8.8.8/32',
  '169.254.169.254/32',
  '10.96.0.10/32',
  '10.1.0.5/32',
  '10.20.0.1/32',
  'fd00::1/128',
];
const ports = ['53/UDP', '80', '443', '6443', 'http', 'metrics'].map((text): PortSpec => {
  const parsed = parsePort(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
});

/** The pods of every namespace, and those of the DNS. */
function workloadsIn(namespaces: readonly NamespaceFacts[]): AnalysisInput['workloads'] {
  const pods = (namespace: string, name: string, labels: Readonly<Record<string, string>>) => ({
    namespace,
    name,
    kind: 'Deployment',
    pods: [
      {
        labels,
        ports: [
          { name: 'http', protocol: 'TCP' as const, number: 8080 },
          { name: 'metrics', protocol: 'TCP' as const, number: 9090 },
        ],
        addresses: [],
        hostNetwork: false,
      },
    ],
  });
  return [
    ...namespaces.flatMap(({ name }) =>
      apps.map((app) => pods(name, app, { 'app.kubernetes.io/name': app, app, tier: app })),
    ),
    pods('kube-system', 'dns', { 'k8s-app': 'kube-dns' }),
  ];
}

/** What the pods of `shop` may connect to, as far as their own side goes. */
function waysOut(given: Cluster, policies: readonly PolicyFacts[]): ReadonlySet<string> {
  const { namespaces = [] } = given;
  const workloads = workloadsIn(namespaces);
  const analysis = analyze({ namespaces, workloads, services: [], policies });
  const targets: readonly Endpoint[] = [
    ...workloads.map(({ namespace, name, kind }) => ({ workload: { namespace, name, kind } })),
    ...addresses.map((cidr) => ({ cidr })),
  ];
  const ways = apps.flatMap((app) => {
    const from: Endpoint = { workload: { namespace: 'shop', name: app, kind: 'Deployment' } };
    return targets.flatMap((to) =>
      ports.flatMap((port) =>
        analysis
          .explain(from, to, port)
          .filter(({ egress }) => egress.allows)
          .map(() => JSON.stringify([app, to, port])),
      ),
    );
  });
  return new Set(ways);
}

/** The same cluster, in which `shop` has this mode. */
function withMode(given: Cluster, egress: EgressMode): Cluster {
  const others = (given.spec.rules ?? []).filter(({ name }) => name !== 'shop');
  return {
    ...given,
    spec: { ...given.spec, rules: [{ name: 'shop', namespaces: { names: ['shop'] }, egress }, ...others] },
  };
}

function policiesOf(given: Cluster): readonly DesiredPolicy[] {
  return compile(viewOf(given)).policies.filter((policy) => policy.namespace === 'shop');
}

/** Of these, ClusterOnly leaves one open, and the other needs a policy in both modes. */
const shopping = [
  { name: 'pay', from: { app: 'web' }, to: { namespace: { name: 'pay' } }, ports: [443] },
  { name: 'mainframe', from: { app: 'web' }, to: { cidr: { cidr: '10.20.0.0/16' } }, ports: [443] },
];

/** A cluster with a live namespace `shop` that is ringed, and `pay`. */
const clusters = neighbours.map((given): Cluster => {
  const { namespaces: _, ...spec } = given.spec;
  const others = (given.namespaces ?? []).filter(({ name }) => name !== 'shop' && name !== 'pay');
  const namespaces = [namespace('shop', { tier: 'api' }), namespace('pay'), ...others];
  const profiles = [...given.profiles, { key: 'shop/shopping', routes: shopping }];
  return { ...given, spec, namespaces, profiles };
});

const missing = (wanted: ReadonlySet<string>, found: ReadonlySet<string>) =>
  [...wanted].filter((way) => !found.has(way));

describe('egress', () => {
  test('is less if the mode is stricter: Restricted allows no more than ClusterOnly, and ClusterOnly no more than Unrestricted', () => {
    fc.assert(
      fc.property(clusters, (given) => {
        const [all, cluster, few] = egressModes.map((mode) =>
          waysOut(given, policiesOf(withMode(given, mode))),
        );
        expect([
          missing(few ?? new Set(), cluster ?? new Set()),
          missing(cluster ?? new Set(), all ?? new Set()),
        ]).toEqual([[], []]);
      }),
      runs(40),
    );
  });

  test('is no less when a route is added, wherever', () => {
    fc.assert(
      fc.property(
        clusters,
        clusters,
        fc.nat({ max: 9 }),
        fc.constantFrom(...egressModes),
        (base, other, at, mode) => {
          const more = other.profiles[at % Math.max(1, other.profiles.length)];
          fc.pre(more !== undefined);
          const before = withMode(base, mode);
          const after = {
            ...before,
            profiles: [
              ...before.profiles,
              { key: more?.key.replace(/\/.*/, '/added') ?? '', routes: more?.routes ?? [] },
            ],
          };
          expect(missing(waysOut(before, policiesOf(before)), waysOut(after, policiesOf(after)))).toEqual([]);
        },
      ),
      runs(60),
    );
  });
});

describe('a live namespace whose egress mode changes', () => {
  test('keeps on the way what is allowed before and after, and opens nothing beyond the wider mode', () => {
    const modes = fc.tuple(fc.constantFrom(...egressModes), fc.constantFrom(...egressModes));
    fc.assert(
      fc.property(clusters, modes, fc.infiniteStream(fc.nat()), (given, [from, to], random) => {
        const desired = policiesOf(withMode(given, to));
        const stored = new Map(policiesOf(withMode(given, from)).map((policy) => [policy.name, policy]));
        const [before, after] = [waysOut(given, [...stored.values()]), waysOut(given, desired)];
        const kept = [...before].filter((way) => after.has(way));
        const widest = new Set([...before, ...after]);
        follow(stored, desired, random, () => {
          const now = waysOut(given, [...stored.values()]);
          expect(kept.filter((way) => !now.has(way))).toEqual([]);
          expect(missing(now, widest)).toEqual([]);
        });
        expect([...stored.keys()].sort()).toEqual(desired.map(({ name }) => name).sort());
      }),
      runs(40),
    );
  });
});

/** Applies plans, in any order within a phase, until there is nothing left to do; looks after each change. */
function follow(
  stored: Map<string, DesiredPolicy>,
  desired: readonly DesiredPolicy[],
  random: fc.Stream<number>,
  look: () => void,
): void {
  for (let round = 0; round < 5; round += 1) {
    const { phases } = plan({
      namespace: 'shop',
      desired,
      actual: { owned: [...stored.values()].map((policy) => written(policy)), foreign: [] },
      transitionOwner: platformOwner,
      keptIsolated: [],
      frozenOwners: new Set(),
      frozenMirrors: [],
      unfrozen: [],
    });
    for (const { changes } of phases) {
      const rest = [...changes];
      while (rest.length > 0) {
        const [change] = rest.splice((random.next().value ?? 0) % rest.length, 1);
        if (change !== undefined) apply(stored, change);
        look();
      }
    }
  }
}

function apply(stored: Map<string, DesiredPolicy>, change: PolicyChange): void {
  if (change.action === 'delete') stored.delete(change.key.name);
  else stored.set(change.policy.name, change.policy);
}
