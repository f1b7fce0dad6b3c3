// `npm run bench:compile`: how long the compiler takes for a large cluster, from nothing and for one edit, and the memory
// that it takes. Prints the bounds that it is held to; a machine that is busy may miss them, so that no test runs this.
import { Stores } from '../src/cluster/stores.ts';
import { compile, compileNamespace, isRead } from '../src/compile/compile.ts';
import { apiVersion } from '../src/model/policies.ts';

const size = Number(process.argv[2] ?? 10_000);
const bounds = { fromNothingMs: 3_000, editMs: 2 } as const;

const stores = new Stores('ringfence-system');
take('PlatformNetworkProfile', 'default', undefined, {
  enforcement: 'Enforce',
  ingressControllers: [{ name: 'nginx', preset: 'ingress-nginx' }],
  monitoring: [{ name: 'prometheus', namespace: 'monitoring', ports: ['metrics'] }],
});
for (let index = 0; index < size; index += 1) takeNamespace(index);

const view = stores.view();
const rounds = Array.from({ length: 5 }, () => {
  const started = performance.now();
  const { policies } = compile(view);
  return { ms: performance.now() - started, policies: policies.length };
});
const edits = Array.from({ length: 1_000 }, (_, index) => edit((index * 7919) % size));

const fromNothing = median(rounds.map(({ ms }) => ms));
const oneEdit = median(edits);
const peak = process.resourceUsage().maxRSS / 1024;
print('namespaces, with 5 routes each', `${size}`);
print('policies', `${rounds[0]?.policies}`);
print('compiled from nothing, median of 5', `${fromNothing.toFixed(0)} ms (at most ${bounds.fromNothingMs})`);
print('one edited route, median of 1,000', `${oneEdit.toFixed(3)} ms (at most ${bounds.editMs})`);
print('peak memory', `${peak.toFixed(0)} MiB`);
process.exitCode = fromNothing <= bounds.fromNothingMs && oneEdit <= bounds.editMs ? 0 : 1;

/** Reads the edited profile and compiles its namespace: milliseconds. */
function edit(index: number): number {
  const { platform } = view;
  if (platform === undefined || !isRead(platform)) throw new Error('the platform profile decodes');
  const started = performance.now();
  takeProfile(index, 27018);
  const namespace = view.namespaces.get(nameOf(index));
  if (namespace === undefined) throw new Error('the namespace is there');
  compileNamespace(stores.view(), platform, namespace);
  return performance.now() - started;
}

function takeNamespace(index: number): void {
  const namespace = nameOf(index);
  take('Namespace', namespace, undefined, {});
  takeProfile(index, 27017);
  const ports = [{ name: 'http', port: 80, targetPort: 8080 }];
  take('Service', 'web', namespace, { ports, selector: { 'app.kubernetes.io/name': 'web' } });
}

function takeProfile(index: number, port: number): void {
  const before = nameOf((index + size - 1) % size);
  take('AppNetworkProfile', 'shop', nameOf(index), {
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
      { name: 'office', from: { cidr: { cidr: '203.0.113.0/24' } }, to: { app: 'api' }, ports: [443] },
    ],
  });
}

function take(kind: string, name: string, namespace: string | undefined, spec: object): void {
  const version = kind.endsWith('Profile') ? apiVersion : 'v1';
  const place = namespace === undefined ? { labels: { 'kubernetes.io/metadata.name': name } } : { namespace };
  const metadata = {
    name,
    ...place,
    uid: `${kind}/${namespace}/${name}`,
    resourceVersion: '1',
    generation: 1,
  };
  if (!stores.take({ apiVersion: version, kind, metadata, spec }))
    throw new Error(`nothing is made of a ${kind}`);
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
