// `npm run bench:scale`: how the bundled operator does with many namespaces, beside raw requests over the same transport.
//
// Fairness: the operator and the raw writer have a control plane each, with the same namespaces. In each scenario the operator
// goes first; then the raw writer sends what the operator was seen to write. The other of the two does nothing meanwhile.
// Exit code 1 if a target is missed.
import { cpus, loadavg } from 'node:os';
import { Command, Option } from 'commander';
import { buildBundle, interrupted, parseCount, progress } from './bench-command.ts';
import { measureApiServerChange, measureDnsChange } from './scale/discovered-changes.ts';
import { measureMirrors } from './scale/mirrors.ts';
import { measureFirstEnforcement, measurePlatformChange } from './scale/platform-changes.ts';
import { measureRest } from './scale/rest.ts';
import { measureRestart, measureStaleRestart } from './scale/restarts.ts';
import { reportOn, type SizeResult } from './scale/scale-report.ts';
import type { ScenarioResult } from './scale/scenario-result.ts';
import { type Size, Stage } from './scale/stage.ts';

interface Flags {
  readonly routes?: number;
  readonly output: 'table' | 'json';
}

/** In this order: each needs the state that the one before leaves. */
const scenarios: readonly ((stage: Stage) => Promise<ScenarioResult>)[] = [
  measureFirstEnforcement,
  measurePlatformChange,
  measureRest,
  measureRestart,
  measureStaleRestart,
  measureMirrors,
  measureApiServerChange,
  measureDnsChange,
];

await new Command('npm run bench:scale --')
  .description(
    'Measures the bundled operator by the number of namespaces, beside raw requests over the same transport.',
  )
  .argument('[sizes...]', 'numbers of namespaces (default: 1000 4000 10000)')
  .option('--routes <number>', 'also a second series, with so many routes in each namespace', parseCount)
  .addOption(
    new Option('-o, --output <format>', 'the form of the output').choices(['table', 'json']).default('table'),
  )
  .action(run)
  .parseAsync();

async function run(words: readonly string[], { routes, output }: Flags): Promise<void> {
  const sizes = words.length === 0 ? [1_000, 4_000, 10_000] : words.map(parseCount);
  buildBundle();
  const series = [0, ...(routes === undefined ? [] : [routes])];
  const data: object[] = [];
  for (const size of series.flatMap((each) => sizes.map((namespaces) => ({ namespaces, routes: each })))) {
    await using stack = new AsyncDisposableStack();
    const report = reportOn(await Promise.race([measure(stack, size), interrupted()]));
    if (report.missed) process.exitCode = 1;
    data.push(report.data);
    if (output === 'table') process.stdout.write(`${report.text}\n`);
  }
  if (output === 'json') process.stdout.write(`${JSON.stringify({ sizes: data }, undefined, 2)}\n`);
}

async function measure(stack: AsyncDisposableStack, size: Size): Promise<SizeResult> {
  const begun = { at: new Date().toISOString(), machine: machine() };
  progress(`${size.namespaces} namespaces, ${size.routes} routes each; ${begun.machine}`);
  const stage = await Stage.open(stack, size);
  progress('the namespaces are there');
  const results: ScenarioResult[] = [];
  for (const measureOne of scenarios) {
    const result = await Promise.race([measureOne(stage), stage.writer.failed()]);
    progress(headline(result));
    results.push(result);
  }
  return { ...size, begun, scenarios: results };
}

/** The first figure of a scenario, for those who wait for the table. */
function headline({ scenario, figures: [first] }: ScenarioResult): string {
  if (first === undefined) return scenario;
  const { what, unit, ringfence, raw } = first;
  const beside = raw === undefined ? '' : `, raw ${raw.toFixed(0)}`;
  return `${scenario}: ${what} ${ringfence?.toFixed(0) ?? '-'}${unit}${beside}`;
}

function machine(): string {
  return `${cpus().length} processors, load ${loadavg()
    .map((load) => load.toFixed(1))
    .join(' ')}`;
}
