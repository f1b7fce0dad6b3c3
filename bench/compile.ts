// `npm run bench:compile`: how long the compiler takes for a large cluster whose egress is Restricted, from nothing and for one
// edit with all that it touches, and the memory that it takes. Prints the bounds that it is held to; a machine that is busy may miss them, so that no test runs this.

import { namespacesAffectedByProfile } from '../src/compile/across/affected-namespaces.ts';
import { compile, compileNamespace } from '../src/compile/compile.ts';
import { isDecoded } from '../src/compile/platform/decoded-platform.ts';
import { apiVersion } from '../src/model/policies.ts';
import { ClusterFacts } from '../src/objects/cluster-facts.ts';
import { appNetworkProfiles } from '../src/objects/policy-resources.ts';

const size = Number(process.argv[2] ?? 10_000);
const bounds = { fromNothingMs: 3_000, editMs: 2 } as const;

const cluster = new ClusterFacts('ringfence-system');
take('PlatformNetworkProfile', 'default', undefined, {
  enforcement: 'Enforce',
  egress: 'Restricted',
  systemNamespaces: ['monitoring'],
  ingressControllers: [{ name: 'nginx', preset: 'ingress-nginx' }],
  monitoring: [{ name: 'prometheus', namespace: 'monitoring', ports: ['metrics'] }],
  dns: {
    namespace: 'kube-system',
    podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
    ports: ['53/UDP', '53/TCP'],
    addresses: ['10.96.0.10', '169.254.20.10'],
  },
});
for (let index = 0; index < size; index += 1) takeNamespace(index);
takeMonitoring();

const view = cluster.view();
const rounds = Array.from({ length: 5 }, () => {
  const started = performance.now();
  const { policies } = compile(view);
  return { ms: performance.now() - started, policies: policies.length };
});
const edits = Array.from({ length: 1_000 }, (_, index) => edit((index * 7919) % size));

const fromNothing = median(rounds.map(({ ms }) => ms));
const oneEdit = median(edits.map(({ ms }) => ms));
const peak = process.resourceUsage().maxRSS / 1024;
print('namespaces, with 5 routes each', `${size}`);
print('policies', `${rounds[0]?.policies}`);
print('compiled from nothing, median of 5', `${fromNothing.toFixed(0)} ms (at most ${bounds.fromNothingMs})`);
print('namespaces that it touches, most', `${Math.max(...edits.map(({ touched }) => touched))}`);
print('one edited route, median of 1,000', `${oneEdit.toFixed(3)} ms (at most ${bounds.editMs})`);
print('peak memory', `${peak.toFixed(0)} MiB`);
process.exitCode = fromNothing <= bounds.fromNothingMs && oneEdit <= bounds.editMs ? 0 : 1;

/** Takes in the edited profile, and compiles the namespaces that it touches: milliseconds. */
function edit(index: number): { readonly ms: number; readonly touched: number } {
  const key = { namespace: nameOf(index), name: 'shop' };
  const edited = objectOf('AppNetworkProfile', key.name, key.namespace, routesOf(index, 27018));
  const started = performance.now();
  const previous = cluster.stores.profiles.get(key);
  const next = appNetworkProfiles.reduce({ ...edited, metadata: { ...edited.metadata, generation: 2 } });
  cluster.stores.profiles.observe(next);
  const after = cluster.view();
  const touched = namespacesAffectedByProfile(after, previous, next);
  for (const name of touched) {
    const namespace = after.namespaces.get(name);
    if (after.platform === undefined || !isDecoded(after.platform) || namespace === undefined) continue;
    compileNamespace(after, after.platform, namespace);
  }
  return { ms: performance.now() - started, touched: touched.size };
}

/** Objects that affect the whole cluster: a wide route of a system namespace, and the namespace of a system that scrapes all of them. */
function takeMonitoring(): void {
  take('Namespace', 'monitoring', undefined, {});
  take('AppNetworkProfile', 'prometheus', 'monitoring', {
    routes: [
      {
        name: 'push',
        from: { namespace: { selector: {}, pods: { matchLabels: { tier: 'batch' } } } },
        to: { app: 'pushgateway' },
        ports: [9091],
      },
    ],
  });
}

function takeNamespace(index: number): void {
  const namespace = nameOf(index);
  take('Namespace', namespace, undefined, {});
  takeProfile(index, 27017);
  const ports = [{ name: 'http', port: 80, targetPort: 8080 }];
  take('Service', 'web', namespace, { ports, selector: { 'app.kubernetes.io/name': 'web' } });
}

function takeProfile(index: number, port: number): void {
  take('AppNetworkProfile', 'shop', nameOf(index), routesOf(index, port));
}

function routesOf(index: number, port: number): object {
  const before = nameOf((index + size - 1) % size);
  return {
    routes: [
      { name: 'web-to-mongo', from: { app: 'web' }, to: { app: 'mongo' }, ports: [port] },
      { name: 'users', from: { ingressController: {} }, to: { service: 'web' }, ports: [80] },
      { name: 'admin', from: { namespace: { name: before } }, to: { app: 'mongo' }, ports: [port] },
      {
        name: 'batch',
        from: { pods: { matchLabels: { tier: 'batch' } } },
        to: { app: 'api' },
        ports: ['http', '8000-8100'],
      },
      { name: 'office', from: { app: 'web' }, to: { cidr: { cidr: '203.0.113.0/24' } }, ports: [443] },
    ],
  };
}

function take(kind: string, name: string, namespace: string | undefined, spec: object): void {
  if (!cluster.add(objectOf(kind, name, namespace, spec))) throw new Error(`nothing is made of a ${kind}`);
}

function objectOf(kind: string, name: string, namespace: string | undefined, spec: object) {
  const version = kind.endsWith('Profile') ? apiVersion : 'v1';
  const place = namespace === undefined ? { labels: { 'kubernetes.io/metadata.name': name } } : { namespace };
  const uid = `${kind}/${namespace}/${name}`;
  const metadata = { name, ...place, uid, resourceVersion: '1', generation: 1 };
  return { apiVersion: version, kind, metadata, spec };
}

function nameOf(index: number): string {
  return `team-${String(index).padStart(5, '0')}`;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function print(what: string, value: string): void {
  process.stdout.write(`${what.padEnd(40)} ${value}\n`);
}
