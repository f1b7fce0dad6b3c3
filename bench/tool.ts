// `npm run bench:tool`: how much processor time `lint`, `graph`, its page and `plan` take for 1,000 workloads with a policy each, beside
// `matrix`, which reads and analyses the same and prints every connection. `plan` reads and analyses it twice: with a policy for every
// workload, and with one for nine of ten. In turns, and as processor time, so that whatever else the machine does counts little. The
// first start, which fills the cache of compiled code, is not counted.
// Exit code 1 if a target is missed.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Report } from './report.ts';
import { percentile } from './statistics.ts';
import { toolInput, withoutSomePolicies } from './tool-input.ts';

const rounds = 3;
/** Of the time of `matrix`. */
const bounds = { lint: 1.75, graph: 2, page: 1.5, plan: 2 } as const;
/** Of Linux: what `/proc/self/stat` counts in. */
const ticksPerSecond = 100;

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'ringfence-tool-'));
const bundle = join(folder, 'ringfence.mjs');
const input = join(folder, 'input.json');
const inputBefore = join(folder, 'before.json');

/** Runs the tool to its end. `lint` exits with 1 where it finds something, and `plan` where something changes. @returns seconds of processor time */
function run(...words: readonly string[]): number {
  const before = secondsOfChildren();
  const { status, stderr } = spawnSync(process.execPath, [bundle, ...words, '-f', input, '--no-platform'], {
    encoding: 'utf8',
    env: { ...process.env, XDG_CACHE_HOME: folder },
    maxBuffer: 2 ** 30,
  });
  if (status !== 0 && status !== 1) throw new Error(`${words.join(' ')} exits with ${status}: ${stderr}`);
  return secondsOfChildren() - before;
}

/** Of all processes that this one has started and that have ended: `cutime` and `cstime` of proc(5). */
function secondsOfChildren(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[13]) + Number(fields[14])) / ticksPerSecond;
}

function listOf(items: readonly object[]): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}

try {
  spawnSync(process.execPath, ['esbuild.config.mjs', bundle], { cwd: root });
  const items = toolInput(100, 10);
  writeFileSync(input, listOf(items));
  writeFileSync(inputBefore, listOf(withoutSomePolicies(items)));
  const commands = {
    matrix: ['matrix'],
    lint: ['lint'],
    graph: ['graph'],
    page: ['graph', '-o', join(folder, 'page.html')],
    plan: ['plan', '--against', inputBefore],
  } as const;
  const names = Object.keys(commands) as (keyof typeof commands)[];
  for (const name of names) run(...commands[name]);
  const times = new Map(names.map((name) => [name, [] as number[]]));
  for (let round = 0; round < rounds; round += 1) {
    for (const name of names) times.get(name)?.push(run(...commands[name]));
  }
  const at = (percent: number) =>
    new Map(names.map((name) => [name, percentile(times.get(name) ?? [], percent)]));
  const report = new Report(names);
  report.add('fastest', 's', Object.fromEntries(at(1)));
  report.add('p50', 's', Object.fromEntries(at(50)));
  const best = at(1);
  for (const name of ['lint', 'graph', 'page', 'plan'] as const) {
    const value = (best.get(name) ?? 0) / (best.get('matrix') ?? 1);
    report.target({ what: `${name} to matrix, fastest`, value, atMost: bounds[name] });
  }
  report.print();
  process.exitCode = report.missed ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
