// `npm run bench:analyze`: how long the analysis takes for all connections of a cluster and for one explanation, and the memory,
// for clusters of five sizes, each in a process of its own; beside an evaluator that asks one pair after the other.
// With a number of namespaces as argument it measures that one and prints JSON, which is how it runs itself.
import { execFileSync } from 'node:child_process';
import { analyze } from '../src/analyze/analysis.ts';
import type { AnalysisInput } from '../src/analyze/facts.ts';
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
  readonly explain: number;
  readonly slowestExplain: number;
  /** MiB. */
  readonly peak: number;
  /** The matrix of one port alone, one pair after the other; reckoned from a sample. Absent for large clusters. */
  readonly naive?: number;
}

const sizeOne = 600;
const sizes = [sizeOne / 20, sizeOne / 10, sizeOne / 5, sizeOne, sizeOne * 2] as const;
const rounds = 5;
const explanations = 1_000;
const naiveMs = 2_000;
const bounds = { matrixMs: 3_000, explainMs: 5, peakMiB: 512 } as const;

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
  row('matrix in groups, after that', 'ms', ({ groups }) => groups);
  row('one explanation, mean', 'ms', ({ explain }) => explain);
  row('one explanation, p99', 'ms', ({ slowestExplain }) => slowestExplain);
  row('peak memory', 'MiB', ({ peak }) => peak);
  row('naive evaluator, of one port', 'ms', ({ naive }) => naive);
  row('naive to ours', 'times', ({ naive, matrix }) => naive && naive / matrix);
  const one = all.get(sizeOne);
  if (one === undefined) throw new Error('size one was measured');
  report.target({ what: 'matrix of 5,400 pods, ms', value: one.matrix, atMost: bounds.matrixMs });
  report.target({ what: 'one explanation, p99, ms', value: one.slowestExplain, atMost: bounds.explainMs });
  report.target({ what: 'peak memory, MiB', value: one.peak, atMost: bounds.peakMiB });
  report.print();
  process.exitCode = report.missed ? 1 : 0;
}

/** Peak memory is a process's, and nothing that was compiled for one size helps another. */
function inOwnProcess(size: number): Measured {
  const [script = ''] = process.argv.slice(1);
  return JSON.parse(execFileSync(process.execPath, [script, String(size)], { encoding: 'utf8' })) as Measured;
}

function measure(size: number): Measured {
  const objects = clusterOf(size);
  const decoding = performance.now();
  const { input, problems } = readAnalysisInput(objects);
  const decode = performance.now() - decoding;
  if (problems.length > 0) throw new Error(`the cluster of the benchmark is wrong: ${problems[0]?.message}`);
  const matrices = Array.from({ length: rounds }, () => timed(() => count(analyze(input).connections())));
  const analysis = analyze(input);
  const groups = timed(() => analysis.groups().length);
  const ends = analysis.workloads;
  const explains = Array.from({ length: explanations }, (_, index) => {
    const from = ends[(index * 7_919) % ends.length];
    const to = ends[(index * 104_729) % ends.length];
    if (from === undefined || to === undefined) throw new Error('there are pods');
    return computing(() =>
      analysis.explain(from, to, { protocol: 'TCP', interval: { first: 8080, last: 8080 } }),
    );
  });
  const peak = process.resourceUsage().maxRSS / 1024;
  return {
    pods: input.workloads.length,
    policies: input.policies.length,
    connections: matrices[0]?.result ?? 0,
    decode,
    // Noise only ever takes away.
    matrix: Math.min(...matrices.map(({ ms }) => ms)),
    groups: groups.ms,
    // Of one, less than the clock of a thread may count.
    explain: explains.reduce((sum, ms) => sum + ms, 0) / explains.length,
    slowestExplain: percentile(explains, 99),
    peak,
    ...(size <= sizeOne / 5 ? { naive: naiveMatrix(input) } : {}),
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

function timed<T>(run: () => T): { readonly ms: number; readonly result: T } {
  const started = performance.now();
  const result = run();
  return { ms: performance.now() - started, result };
}

/** Milliseconds that this thread computes: one explanation is so short that its slowest would tell how busy the machine is. */
function computing(run: () => unknown): number {
  const before = process.threadCpuUsage();
  run();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
}
