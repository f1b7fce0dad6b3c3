// `npm run bench:dense`: the bundled operator in clusters that have little, but very much of it: thousands of profiles in one namespace,
// namespaces that all let one another in, and a profile as large as its bounds allow. Each is measured at two sizes, on a control plane
// of its own: what matters is whether the larger one takes more for each of its items.
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { poll } from '../e2e/control-plane/poll.ts';
import { maxRoutes } from '../src/api/app-network-profile.ts';
import { Arena, ringOfFour } from './arena.ts';
import { buildBundle, interrupted, progress } from './bench-command.ts';
import { Report } from './report.ts';
import { RunningOperator } from './scale/running-operator.ts';

/** A cluster of this kind, at two sizes. */
interface Shape {
  readonly what: string;
  readonly sizes: readonly [number, number];
  /** Creates what it consists of. */
  readonly fill: (arena: Arena, size: number) => Promise<void>;
}

/** What one size took. */
interface Measured {
  /** From the first request until every profile has reported that all of it is written. */
  readonly seconds: number;
  /** Of the operator, until it computes nothing any more. */
  readonly cpuSeconds: number;
  readonly peakMiB: number;
  readonly policies: number;
}

const timeoutMs = 1_800_000;
const inFlight = 32;
/** The larger size may take so much more for each item than the smaller one. */
const mostGrowth = 1.5;

const shapes: readonly Shape[] = [
  {
    what: 'profiles in one namespace, with a route each',
    sizes: [1_250, 5_000],
    fill: async (arena, size) => {
      await arena.createNamespace('shop');
      await inParallel(size, (index) =>
        arena.cluster.createProfile('shop', `profile-${index}`, { routes: [routeOf(index)] }),
      );
    },
  },
  {
    what: 'namespaces that all let one another in',
    sizes: [125, 500],
    fill: async (arena, size) => {
      const from = { namespace: { selector: { matchLabels: { crowd: 'yes' } } } };
      await inParallel(size, (index) => arena.createNamespace(`crowd-${index}`, { crowd: 'yes' }));
      await inParallel(size, (index) =>
        arena.cluster.createProfile(`crowd-${index}`, 'all', {
          routes: [{ name: 'all', from, to: { app: `app-${index}` }, ports: [8080] }],
        }),
      );
    },
  },
  {
    what: 'routes of one profile, with all bounds full',
    sizes: [maxRoutes / 4, maxRoutes],
    fill: async (arena, size) => {
      await arena.createNamespace('shop');
      const routes = Array.from({ length: size }, (_, index) => fullRoute(index));
      await arena.cluster.createProfile('shop', 'full', { routes });
    },
  },
];

await new Command('npm run bench:dense --')
  .description('Measures the bundled operator where there is very much in few namespaces.')
  .action(run)
  .parseAsync();

async function run(): Promise<void> {
  buildBundle();
  const report = new Report(['smaller', 'larger']);
  for (const shape of shapes) {
    const [smaller, larger] = await Promise.race([measureBoth(shape), interrupted()]);
    const row = (what: string, unit: string, of: (measured: Measured) => number) =>
      report.add(what, unit, { smaller: of(smaller), larger: of(larger) });
    report.add(shape.what.toUpperCase(), '', undefined);
    report.add('how many', '', { smaller: shape.sizes[0], larger: shape.sizes[1] });
    row('policies', '', ({ policies }) => policies);
    row('until all is reported', 's', ({ seconds }) => seconds);
    row('CPU', 's', ({ cpuSeconds }) => cpuSeconds);
    row('peak memory', 'MiB', ({ peakMiB }) => peakMiB);
    const growth = larger.cpuSeconds / smaller.cpuSeconds / (shape.sizes[1] / shape.sizes[0]);
    report.target({
      what: `${shape.what}: CPU for each, larger to smaller`,
      value: growth,
      atMost: mostGrowth,
    });
  }
  report.print();
  process.exitCode = report.missed ? 1 : 0;
}

async function measureBoth(shape: Shape): Promise<readonly [Measured, Measured]> {
  const smaller = await measure(shape, shape.sizes[0]);
  return [smaller, await measure(shape, shape.sizes[1])];
}

async function measure({ what, fill }: Shape, size: number): Promise<Measured> {
  await using stack = new AsyncDisposableStack();
  const arena = await Arena.open(stack, ringOfFour);
  const operator = await RunningOperator.start(stack, arena);
  await operator.ready(timeoutMs);
  const began = performance.now();
  await fill(arena, size);
  await Promise.race([allReported(arena), operator.process.failed()]);
  const seconds = (performance.now() - began) / 1000;
  while (!(await operator.isIdle())) await sleep(1_000);
  const measured = {
    ...{ seconds, cpuSeconds: operator.process.cpuSeconds(), peakMiB: operator.process.peakMemoryMiB() },
    policies: arena.witness.total('ADDED') - arena.witness.total('DELETED'),
  };
  progress(`${size} ${what}: ${measured.cpuSeconds.toFixed(1)} s of CPU`);
  return measured;
}

async function allReported({ cluster }: Arena): Promise<void> {
  const path = '/apis/ringfence.dev/v1alpha1/appnetworkprofiles';
  await poll(
    async () => {
      const { items } = await cluster.api.json<{ items: readonly ReportingProfile[] }>('GET', path);
      return items.every(({ status }) => status?.conditions?.some(isReady));
    },
    { timeoutMs, everyMs: 2_000, expired: () => new Error('not every profile is written') },
  );
}

/** As much of a profile as tells whether it is written. */
interface ReportingProfile {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

function isReady({ type, status }: { readonly type: string; readonly status: string }): boolean {
  return type === 'Ready' && status === 'True';
}

function routeOf(index: number): object {
  return { name: 'route', from: { app: `front-${index}` }, to: { app: `back-${index}` }, ports: [8080] };
}

/** As many labels and ports as a route may have, as long as they may be: two hundred of them are as much as etcd stores. */
function fullRoute(index: number): object {
  const labels = (end: string) =>
    Object.fromEntries(
      Array.from({ length: 16 }, (_, label) => [`label-${label}`, `${end}-${index}`.padEnd(63, 'x')]),
    );
  return {
    name: `route-${index}`,
    from: { pods: { matchLabels: labels('from') } },
    to: { pods: { matchLabels: labels('to') } },
    ports: Array.from({ length: 16 }, (_, port) => 1_000 + 16 * index + port),
  };
}

async function inParallel(count: number, act: (index: number) => Promise<unknown>): Promise<void> {
  const rest = Array.from({ length: count }, (_, index) => index).values();
  const work = async () => {
    for (const index of rest) await act(index);
  };
  await Promise.all(Array.from({ length: inFlight }, work));
}
