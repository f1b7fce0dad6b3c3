// `npm run bench:plan`: `plan` of one changed policy against a real control plane with 5,400 pods and 13,600 policies in 600 namespaces:
// its processor time, beside `node -e 0`, and its peak memory. The first start, which fills the cache of compiled code, is not counted.
// Exit code 1 if a target is missed.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { ApiError } from '../src/kube/errors.ts';
import { Arena } from './arena.ts';
import { buildBundle, progress } from './bench-command.ts';
import { clusterOf } from './policies.ts';
import { Report } from './report.ts';

const namespaces = 600;
const rounds = 5;
const inFlight = 32;
const bounds = { seconds: 3, peakMiB: 400 } as const;

/** An object of the cluster, as far as it matters where it is created. */
interface Created {
  readonly kind: 'Namespace' | 'Pod' | 'NetworkPolicy';
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: Readonly<Record<string, unknown>>;
  readonly status?: { readonly podIPs: readonly { readonly ip: string }[] };
}

/** What a process used. */
interface Usage {
  readonly seconds: number;
  readonly peakMiB: number;
}

buildBundle();
await using stack = new AsyncDisposableStack();
const arena = await Arena.open(stack);
const objects = clusterOf(namespaces) as readonly Created[];
progress(`creating ${objects.length} objects`);
for (const kind of ['Namespace', 'Pod', 'NetworkPolicy'] as const) {
  await inTurns(objects.filter((object) => object.kind === kind));
}
const file = arena.file('changed.json');
writeFileSync(file, JSON.stringify(changedPolicy()));
const words = ['dist/ringfence.mjs', 'plan', '-f', file, '--kubeconfig', arena.kubeconfig];
measured(words, 1);
const plans: Usage[] = [];
const starts: Usage[] = [];
for (let round = 0; round < rounds; round += 1) {
  plans.push(measured(words, 1));
  starts.push(measured(['-e', '0'], 0));
}
const least = (usages: readonly Usage[]) => Math.min(...usages.map(({ seconds }) => seconds));
const peak = (usages: readonly Usage[]) => Math.max(...usages.map(({ peakMiB }) => peakMiB));
const report = new Report(['plan', 'node']);
report.add('processor time, fastest', 's', { plan: least(plans), node: least(starts) });
report.add('peak memory', 'MiB', { plan: peak(plans), node: peak(starts) });
report.target({ what: 'processor time of plan, s', value: least(plans), atMost: bounds.seconds });
report.target({ what: 'peak memory of plan, MiB', value: peak(plans), atMost: bounds.peakMiB });
report.print();
process.exitCode = report.missed ? 1 : 0;

async function inTurns(some: readonly Created[]): Promise<void> {
  const left = some.values();
  const worker = async () => {
    for (const object of left) await create(object);
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
}

async function create(object: Created): Promise<void> {
  const { kind, metadata, spec } = object;
  const { name, namespace = '' } = metadata;
  if (kind === 'NetworkPolicy') {
    const path = `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`;
    await arena.client.request('POST', path, { body: object });
  } else if (kind === 'Namespace') {
    await arena.client.request('POST', '/api/v1/namespaces', { body: object });
    await createAccount(name);
  } else {
    const path = `/api/v1/namespaces/${namespace}/pods`;
    const pod = await arena.client.request('POST', path, { body: { ...object, spec: runnable(spec) } });
    const { podIPs = [] } = object.status ?? {};
    const status = { phase: 'Running', podIP: podIPs[0]?.ip, podIPs };
    await arena.client.request('PUT', `${path}/${name}/status`, { body: { ...pod, status } });
  }
}

/** Without it the API server admits no pod; the controller that makes it may be faster. */
async function createAccount(namespace: string): Promise<void> {
  const body = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } };
  try {
    await arena.client.request('POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, { body });
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 409) throw error;
  }
}

/** A pod that the API server takes. */
function runnable({ containers, ...spec }: Created['spec']): object {
  const all = containers as readonly object[];
  return { ...spec, containers: all.map((container) => ({ ...container, name: 'main', image: 'none' })) };
}

/** The first policy, with another port. */
function changedPolicy(): object {
  const policy = objects.find(({ kind }) => kind === 'NetworkPolicy');
  const [rule] = (policy?.spec.ingress ?? []) as readonly object[];
  return { ...policy, spec: { ...policy?.spec, ingress: [{ ...rule, ports: [{ port: 8081 }] }] } };
}

function measured(args: readonly string[], expected: number): Usage {
  const usageFile = arena.file('usage.json');
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--import', `${import.meta.dirname}/usage-at-exit.ts`, ...args],
    { encoding: 'utf8', env: { ...process.env, USAGE_FILE: usageFile, XDG_CACHE_HOME: arena.file('cache') } },
  );
  if (status !== expected) throw new Error(`${args.join(' ')} exits with ${status}: ${stderr}`);
  const usage = JSON.parse(readFileSync(usageFile, 'utf8')) as NodeJS.ResourceUsage;
  return { seconds: (usage.userCPUTime + usage.systemCPUTime) / 1e6, peakMiB: usage.maxRSS / 1024 };
}
