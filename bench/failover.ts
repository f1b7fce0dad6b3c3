// `npm run bench:failover`: how long nothing is healed when the active operator ends, dies or is replaced while another one waits, and
// what the one that waits costs. Exit code 1 if a target is missed.
import { cpus, loadavg } from 'node:os';
import { Command } from 'commander';
import { buildBundle, interrupted, parseCount, progress } from './bench-command.ts';
import { type Handover, OperatorPair } from './operator-pair.ts';
import { Report } from './report.ts';
import { percentile } from './statistics.ts';

/** The operator's default. */
const leaseMs = 15_000;

/** The ways in which the active operator ends, and when the other one has to have healed. */
const ends = [
  { what: 'graceful stop', signal: 'SIGTERM', atMostMs: 1_000 },
  { what: 'crash', signal: 'SIGKILL', atMostMs: leaseMs + 1_000 },
  { what: 'silence', signal: 'SIGSTOP', atMostMs: leaseMs + 1_000 },
] as const;

await new Command('npm run bench:failover --')
  .description('Measures how long nothing is healed when the active operator ends, dies or is replaced.')
  .argument('[namespaces]', 'their number', parseCount, 1_000)
  .option('--rounds <number>', 'how often each end is measured', parseCount, 5)
  .action(run)
  .parseAsync();

async function run(namespaces: number, { rounds }: { readonly rounds: number }): Promise<void> {
  buildBundle();
  await using stack = new AsyncDisposableStack();
  const report = new Report(['Ringfence']);
  const measured = OperatorPair.open(stack, namespaces).then((pair) => measure(pair, rounds, report));
  await Promise.race([measured, interrupted()]);
  const load = loadavg().map((each) => each.toFixed(1));
  process.stdout.write(
    `${namespaces} namespaces, ${new Date().toISOString()}, ${cpus().length} processors, load ${load.join(' ')}\n\n`,
  );
  report.print();
  process.exitCode = report.missed ? 1 : 0;
}

async function measure(pair: OperatorPair, rounds: number, report: Report): Promise<void> {
  await measureMemory(pair, report);
  for (const { what, signal, atMostMs } of ends) {
    const handovers: Handover[] = [];
    for (let round = 0; round < rounds; round += 1) handovers.push(await pair.handOver(signal));
    report.add(`${what}, lease taken after, p50`, 'ms', {
      Ringfence: percentile(
        handovers.map(({ takenMs }) => takenMs),
        50,
      ),
    });
    addHeals(
      report,
      `${what}, healed after`,
      handovers.map(({ healedMs }) => healedMs),
      atMostMs,
    );
  }
  const heals: number[] = [];
  for (let round = 0; round < rounds; round += 1) heals.push(...(await pair.rollOut()));
  addHeals(report, `rollout, ${heals.length} heals, each within`, heals, 1_000);
}

async function measureMemory(pair: OperatorPair, report: Report): Promise<void> {
  const { active, waiting } = await pair.memory();
  for (const when of ['peak', 'atRest'] as const) {
    const what = when === 'peak' ? 'peak memory' : 'memory at rest';
    report.add(`${what}, active`, 'MiB', { Ringfence: active[when] });
    report.add(`${what}, waiting`, 'MiB', { Ringfence: waiting[when] });
    report.add(`${what}, waiting to active`, '', { Ringfence: waiting[when] / active[when] });
  }
}

function addHeals(report: Report, what: string, ms: readonly number[], atMost: number): void {
  progress(
    `${what} ${ms
      .slice(-5)
      .map((each) => each.toFixed(0))
      .join(' ')} ms`,
  );
  report.add(`${what}, p50`, 'ms', { Ringfence: percentile(ms, 50) });
  report.add(`${what}, max`, 'ms', { Ringfence: Math.max(...ms) });
  report.target({ what: `${what}, max, ms`, value: Math.max(...ms), atMost });
}
