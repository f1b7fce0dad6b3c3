// `npm run bench:analyze`: how long the analysis takes for all connections of a cluster, for one explanation and for one changed policy,
// and the memory, for clusters of six sizes, each in a process of its own; beside an evaluator that asks one pair after the other.
// Times are what the thread computes, so that other work on the machine counts little.
// With a number of namespaces as argument it measures that one and prints JSON, which is how it runs itself.
import { execFileSync } from 'node:child_process';
import { analyze } from '../src/analyze/analysis.ts';
import { Baseline } from '../src/analyze/compare.ts';
import type { AnalysisInput, PolicyFacts, PolicyRule } from '../src/analyze/facts.ts';
import { readAnalysisInput } from '../src/objects/analysis-input.ts';
import { naiveAnalysis } from '../test/naive-analysis.ts';
import { clusterOf } from './policies.ts';
import { Report } from './report.ts';
import { percentile } from './statistics.ts';

/** What was measured of one size; times in milliseconds. */
interface Measured {
  readonly pods: number;
  readonly policies: number;
  readonly connections: number;
  readonly decode: number;
  readonly matrix: number;
  readonly groups: number;
  /** What is known before any change is compared. */
  readonly baseline: number;
  readonly change: number;
  readonly slowestChange: number;
  readonly explain: number;
  readonly slowestExplain: number;
  /** MiB, until the matrix is there in groups. */
  readonly peakOfGroups: number;
  /** MiB, of everything. */
  readonly peak: number;
  /** The matrix of one port alone, one pair after the other; reckoned from a sample. Absent for large clusters. */
  readonly naive?: number;
}

const sizeOne = 600;
/** 99,000 pods: the size that papers about such tools measure. */
const large = 11_000;
const sizes = [sizeOne / 20, sizeOne / 10, sizeOne / 5, sizeOne, sizeOne * 2, large] as const;
const explanations = 1_000;
const naiveMs = 2_000;
const bounds = { matrixMs: 3_000, explainMs: 5, peakMiB: 512 } as const;
const largeBounds = { decodeMs: 4_000, groupsMs: 2_000, changeMs: 100, peakMiB: 1_536 } as const;

const asked = process.argv[2];
if (asked === undefined) compareSizes();
else process.stdout.write(`${JSON.stringify(measure(Number(asked)))}\n`);

function compareSizes(): void {
  const all = new Map(sizes.map((size) => [size, inOwnProcess(size)]));
  const report = new Report(sizes.map(String));
  const row = (what: string, unit: string, figure: (measured: Measured) => number | undefined) =>
    report.add(what, unit, Object.fromEntries([...all].map(([size, measured]) => [size, figure(measured)])));
  row('pods', '', ({ pods }) => pods);
  row('policies', '', ({ policies }) => policies);
  row('connections', '', ({ connections }) => connections);
  row('objects decoded', 'ms', ({ decode }) => decode);
  row('matrix, one by one', 'ms', ({ matrix }) => matrix);
  row('matrix for each pod', 'us', ({ matrix, pods }) => (1_000 * matrix) / pods);
  row('matrix in groups', 'ms', ({ groups }) => groups);
  row('ready for changes', 'ms', ({ baseline }) => baseline);
  row('one changed policy, p50', 'ms', ({ change }) => change);
  row('one changed policy, slowest', 'ms', ({ slowestChange }) => slowestChange);
  row('one explanation, mean', 'ms', ({ explain }) => explain);
  row('one explanation, p99', 'ms', ({ slowestExplain }) => slowestExplain);
  row('peak memory until the groups', 'MiB', ({ peakOfGroups }) => peakOfGroups);
  row('peak memory', 'MiB', ({ peak }) => peak);
  row('naive evaluator, of one port', 'ms', ({ naive }) => naive);
  row('naive to ours', 'times', ({ naive, matrix }) => naive && naive / matrix);
  const one = all.get(sizeOne);
  if (one === undefined) throw new Error('size one was measured');
  report.target({ what: 'matrix of 5,400 pods, ms', value: one.matrix, atMost: bounds.matrixMs });
  report.target({ what: 'one explanation, p99, ms', value: one.slowestExplain, atMost: bounds.explainMs });
  report.target({ what: 'peak memory, MiB', value: one.peak, atMost: bounds.peakMiB });
  const most = all.get(large);
  if (most === undefined) throw new Error('the large size was measured');
  report.target({ what: '99,000 pods decoded, ms', value: most.decode, atMost: largeBounds.decodeMs });
  report.target({ what: 'their matrix in groups, ms', value: most.groups, atMost: largeBounds.groupsMs });
  report.target({
    what: 'peak memory until then, MiB',
    value: most.peakOfGroups,
    atMost: largeBounds.peakMiB,
  });
  report.target({ what: 'one changed policy, p50, ms', value: most.change, atMost: largeBounds.changeMs });
  report.print();
  process.exitCode = report.missed ? 1 : 0;
}

/** Peak memory is a process's, and nothing that was compiled for one size helps another. */
function inOwnProcess(size: number): Measured {
  const [script = ''] = process.argv.slice(1);
  return JSON.parse(execFileSync(process.execPath, [script, String(size)], { encoding: 'utf8' })) as Measured;
}

function measure(size: number): Measured {
  const { ms: decode, result: input } = decoded(size);
  const rounds = size === large ? 1 : 5;
  const inGroups = () => timed(() => analyze(input).groups().length);
  const firstGroups = inGroups();
  const peakOfGroups = peakMiB();
  const groups = [firstGroups, ...Array.from({ length: rounds - 1 }, inGroups)];
  const matrices = Array.from({ length: rounds }, () => timed(() => count(analyze(input).connections())));
  const { explain, slowestExplain } = explained(input);
  return {
    pods: input.workloads.length,
    policies: input.policies.length,
    connections: matrices[0]?.result ?? 0,
    decode,
    // Noise only ever takes away.
    matrix: Math.min(...matrices.map(({ ms }) => ms)),
    groups: Math.min(...groups.map(({ ms }) => ms)),
    ...changed(input),
    explain,
    slowestExplain,
    peakOfGroups,
    peak: peakMiB(),
    ...(size <= sizeOne / 5 ? { naive: naiveMatrix(input) } : {}),
  };
}

function peakMiB(): number {
  return process.resourceUsage().maxRSS / 1024;
}

/** Without the objects, which nothing needs any more. */
function decoded(size: number): Timed<AnalysisInput> {
  const objects = clusterOf(size);
  const { ms, result } = timed(() => readAnalysisInput(objects));
  const [problem] = result.problems;
  if (problem !== undefined) throw new Error(`the cluster of the benchmark is wrong: ${problem.message}`);
  return { ms, result: result.input };
}

function explained(input: AnalysisInput): Pick<Measured, 'explain' | 'slowestExplain'> {
  const analysis = analyze(input);
  const ends = analysis.workloads;
  const times = Array.from({ length: explanations }, (_, index) => {
    const from = ends[(index * 7_919) % ends.length];
    const to = ends[(index * 104_729) % ends.length];
    if (from === undefined || to === undefined) throw new Error('there are pods');
    const asked = { protocol: 'TCP', interval: { first: 8080, last: 8080 } } as const;
    return timed(() => analysis.explain(from, to, asked)).ms;
  });
  return {
    explain: times.reduce((sum, ms) => sum + ms, 0) / times.length,
    slowestExplain: percentile(times, 99),
  };
}

/** Removes each policy of a namespace, and opens another port in it: each is a change of its own. */
function changed(input: AnalysisInput): Pick<Measured, 'baseline' | 'change' | 'slowestChange'> {
  const { ms: baseline, result: before } = timed(() => new Baseline(input));
  const { namespace } = input.policies[Math.floor(input.policies.length / 2)] ?? {};
  const times = input.policies.flatMap((policy, index) => {
    if (policy.namespace !== namespace) return [];
    const others = [input.policies.toSpliced(index, 1), input.policies.with(index, withOtherPort(policy))];
    return others.map((policies) => timed(() => before.compareWith({ ...input, policies })).ms);
  });
  return { baseline, change: percentile(times, 50), slowestChange: Math.max(...times) };
}

function withOtherPort({ spec, ...policy }: PolicyFacts): PolicyFacts {
  const withPort = (rules: readonly PolicyRule[]) =>
    rules.map((rule) => ({ ...rule, ports: [{ port: 8081 }] }));
  const { ingress, egress, ...rest } = spec;
  return {
    ...policy,
    spec: {
      ...rest,
      ...(ingress && { ingress: withPort(ingress) }),
      ...(egress && { egress: withPort(egress) }),
    },
  };
}

/** Asks for pairs spread over all of them until the time is up, and reckons how long all would take. */
function naiveMatrix(input: AnalysisInput): number {
  const isAllowed = naiveAnalysis(input);
  const pods = input.workloads.flatMap(({ namespace, pods: all }) => all.map((pod) => ({ namespace, pod })));
  const started = performance.now();
  let asks = 0;
  while (performance.now() - started < naiveMs) {
    const from = pods[(asks * 7_919) % pods.length];
    const to = pods[(asks * 104_729) % pods.length];
    if (from && to) isAllowed(from, to, 'TCP', 8080);
    asks += 1;
  }
  return ((performance.now() - started) / asks) * pods.length ** 2;
}

function count(items: Iterable<unknown>): number {
  let counted = 0;
  for (const _ of items) counted += 1;
  return counted;
}

interface Timed<T> {
  readonly ms: number;
  readonly result: T;
}

/** How long this thread computes. */
function timed<T>(run: () => T): Timed<T> {
  const before = process.threadCpuUsage();
  const result = run();
  const { user, system } = process.threadCpuUsage(before);
  return { ms: (user + system) / 1_000, result };
}
