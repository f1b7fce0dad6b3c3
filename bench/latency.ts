// `npm run bench:latency`: how much Ringfence adds to what the API server and the transport cost, all from one run.
//
// Fairness: each contender has a control plane of its own, so that none sees the namespaces of another, and all of them
// stay up and warm. They take turns: one sample each, and one burst each in every round, in an order that turns round, so
// that the noise of the machine hits all alike; what counts is the ratio. Of the bursts the best of each counts, since
// noise only ever takes away. A burst is judged by raw creates of the same namespaces and the same policies: all that it
// has to do, by one process that does not wait. Raw creates of the policies alone, in namespaces that exist, stand below
// them for comparison. Exit code 1 if a target is missed.
import { Command } from 'commander';
import { buildBundle, interrupted, parseCount, progress } from './bench-command.ts';
import { type Contender, type Contenders, startContenders } from './contenders.ts';
import { Report } from './report.ts';
import {
  measureBurst,
  measureCreation,
  measureHealing,
  measureRawBurst,
  measureRawPolicies,
  type Samples,
} from './scenarios.ts';
import { percentile } from './statistics.ts';

interface Flags {
  readonly rival?: string;
  readonly rounds: number;
  readonly burst: number;
}

const samplesPerRound = 34;

await new Command('npm run bench:latency --')
  .description(
    'Measures the bundled operator beside a bare loop (watch, then POSTs over the same transport), raw creates, and a rival.',
  )
  .option('--rival <binary>', 'a rival operator, started with `-workers 16`')
  .option(
    '--rounds <number>',
    `rounds of ${samplesPerRound} namespaces, ${samplesPerRound} repairs and a burst`,
    parseCount,
    3,
  )
  .option('--burst <number>', 'namespaces in a burst', parseCount, 500)
  .action(run)
  .parseAsync();

async function run(flags: Flags): Promise<void> {
  buildBundle();
  await using stack = new AsyncDisposableStack();
  const contenders = await Promise.race([startContenders(stack, flags.rival), interrupted()]);
  const { ringfence, bareLoop, rawCreates, rival } = contenders;
  const everybody = [ringfence, bareLoop, rawCreates, ...(rival === undefined ? [] : [rival])];
  const results = await Promise.race([
    measure(contenders, flags),
    interrupted(),
    ...everybody.map((each) => each.process.failed()),
  ]);
  const report = new Report(everybody.map(({ name }) => name));
  reportLatency(report, contenders, {
    ...{ what: 'namespace to all its policies', samples: results.creation },
    targets: [
      { percent: 50, atMost: 1.15 },
      { percent: 99, atMost: 1.5 },
    ],
  });
  reportLatency(report, contenders, {
    ...{ what: 'deleted policy to healed', samples: results.healing },
    targets: [
      { percent: 50, atMost: 1.15 },
      { percent: 99, atMost: 2 },
    ],
  });
  reportBursts(report, contenders, results, flags.burst);
  report.print();
  process.exitCode = report.missed ? 1 : 0;
}

interface Results {
  readonly creation: Samples;
  readonly healing: Samples;
  /** Policies per second. */
  readonly bursts: Samples;
  /** Policies per second of raw creates without their namespaces. */
  readonly policiesAlone: readonly number[];
}

async function measure(contenders: Contenders, { rounds, burst }: Flags): Promise<Results> {
  const { ringfence, bareLoop, rawCreates, rival, ring } = contenders;
  const takers = [ringfence, bareLoop, ...(rival === undefined ? [] : [rival])];
  await warmUp(contenders, takers);
  const [creation, healing, bursts] = [newSamples(takers), newSamples(takers), newSamples(takers)];
  const policiesAlone: number[] = [];
  const bursters = [...takers, rawCreates];
  bursts.set(rawCreates, []);
  for (let round = 0; round < rounds; round += 1) {
    progress(`round ${round + 1} of ${rounds}`);
    append(creation, await measureCreation(takers, `one-${round}`, samplesPerRound));
    append(healing, await measureHealing(takers, `one-${round}`, samplesPerRound));
    for (const each of round % 2 === 0 ? bursters : bursters.toReversed()) {
      const family = `burst-${round}`;
      const rate =
        each === rawCreates
          ? await measureRawBurst(each, ring, family, burst)
          : await measureBurst(each, family, burst);
      bursts.get(each)?.push(rate);
    }
    policiesAlone.push(await measureRawPolicies(rawCreates, ring, `alone-${round}`, burst));
  }
  return { creation, healing, bursts, policiesAlone };
}

/** Connections are opened and code is compiled: that is not measured. */
async function warmUp({ rawCreates, ring }: Contenders, takers: readonly Contender[]): Promise<void> {
  progress('warming up');
  await measureCreation(takers, 'warm', samplesPerRound);
  await measureHealing(takers, 'warm', samplesPerRound);
  await measureRawBurst(rawCreates, ring, 'warm', 10 * samplesPerRound);
}

function newSamples(contenders: readonly Contender[]): Map<Contender, number[]> {
  return new Map(contenders.map((contender) => [contender, []]));
}

function append(all: Map<Contender, number[]>, more: Samples): void {
  for (const [contender, samples] of more) all.get(contender)?.push(...samples);
}

interface LatencyLine {
  readonly what: string;
  readonly samples: Samples;
  readonly targets: readonly { readonly percent: number; readonly atMost: number }[];
}

function reportLatency(
  report: Report,
  { ringfence, bareLoop }: Contenders,
  { what, samples, targets }: LatencyLine,
): void {
  for (const { percent, atMost } of targets) {
    const of = (contender: Contender) => percentile(samples.get(contender) ?? [], percent);
    const count = samples.get(ringfence)?.length;
    report.add(`${what}, p${percent} of ${count}`, 'ms', byName(samples, of));
    const value = of(ringfence) / of(bareLoop);
    report.target({ what: `${what}, p${percent}: times the bare loop`, value, atMost });
  }
}

function reportBursts(report: Report, contenders: Contenders, results: Results, size: number): void {
  const { ringfence, rawCreates, rival } = contenders;
  const rate = (contender: Contender) => Math.max(...(results.bursts.get(contender) ?? []));
  const what = `burst of ${size} namespaces`;
  report.add(what, 'policies/s', byName(results.bursts, rate));
  const policiesAlone = Math.max(...results.policiesAlone);
  report.add('  as many policies alone', 'policies/s', { [rawCreates.name]: policiesAlone });
  const own = rate(ringfence);
  report.target({
    what: `${what}: of raw creates of the same`,
    value: own / rate(rawCreates),
    atLeast: 0.95,
  });
  if (rival !== undefined) {
    report.target({ what: `${what}: of the rival's rate`, value: own / rate(rival), atLeast: 1.3 });
  }
  const memory = ringfence.process.peakMemoryMiB();
  report.add('peak memory', 'MiB', {
    [ringfence.name]: memory,
    ...(rival === undefined ? {} : { [rival.name]: rival.process.peakMemoryMiB() }),
  });
  report.target({ what: 'peak memory, MiB', value: memory, atMost: 100 });
}

function byName(samples: Samples, of: (contender: Contender) => number): Record<string, number> {
  return Object.fromEntries([...samples.keys()].map((contender) => [contender.name, of(contender)]));
}
