// How long the tool takes from the command line to its end: `render` of the sample shop beside `node -e 0`, in turns, so that
// whatever else the machine does meets both. The first start of all, which fills the cache of compiled code, is not counted; how
// long it takes without one stands beside it. Exit code 1 if the target is missed.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Report } from './report.ts';
import { percentile } from './statistics.ts';

const rounds = 40;
const root = join(import.meta.dirname, '..');

const folder = mkdtempSync(join(tmpdir(), 'ringfence-start-'));
const bundle = join(folder, 'ringfence.mjs');

/** Runs Node with these words to its end. @returns milliseconds */
function run(...words: readonly string[]): number {
  const started = performance.now();
  execFileSync(process.execPath, words, {
    ...{ cwd: root, stdio: 'ignore' as const },
    env: { ...process.env, XDG_CACHE_HOME: folder },
  });
  return performance.now() - started;
}

try {
  execFileSync(process.execPath, ['esbuild.config.mjs', bundle], { cwd: root });
  const shop = ['render', '-f', 'config/samples/shop'];
  const commands = {
    'node -e 0': ['-e', '0'],
    '--help': [bundle, '--help'],
    render: [bundle, ...shop],
    'render, no cache': [join(folder, 'main.mjs'), ...shop],
  } as const;
  run(...commands.render);
  const names = Object.keys(commands) as (keyof typeof commands)[];
  const times = new Map(names.map((name) => [name, [] as number[]]));
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) times.get(name)?.push(run(...commands[name]));
  }
  const at = (percent: number) =>
    Object.fromEntries(names.map((name) => [name, percentile(times.get(name) ?? [], percent)]));
  const report = new Report(names);
  report.add('fastest', 'ms', at(1));
  report.add('p50', 'ms', at(50));
  report.add('p90', 'ms', at(90));
  const { 'node -e 0': node = 0, render = 0 } = at(50);
  report.target({
    what: 'render beyond 2 times `node -e 0`, p50, ms',
    value: render - 2 * node,
    atMost: 100,
  });
  report.print();
  process.exitCode = report.missed ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
