// `npm run bench:flags`: what each V8 flag of the operator saves and costs by itself, beside no flag at all and all of them.
// The operator rings namespaces that are there; each set of flags gets a control plane of its own, one after the other.
import { Command } from 'commander';
import { Arena } from './arena.ts';
import { buildBundle } from './bench-command.ts';
import { startCommand } from './contenders.ts';
import { createNamespaces, measureStart, type StartFigures } from './sized-cluster.ts';

/** Every flag that `npm start` or `src/start.ts` sets. */
const flags = [...startCommand().filter((word) => word.startsWith('--')), '--no-opt', '--no-maglev'];
const sets: readonly (readonly string[])[] = [
  [],
  ...flags.map((flag) => [flag]),
  ['--no-opt', '--no-maglev'],
  flags,
];
const timeoutMs = 900_000;

await new Command('npm run bench:flags --')
  .description(
    'Measures the peak memory of the bundled operator and the processor time that it takes to ring namespaces, by V8 flags.',
  )
  .argument('[size]', 'number of namespaces', '1000')
  .option(
    '--set <flags>',
    'measure this set of flags instead, as one word; may be repeated',
    (word, before: string[]) => [...before, word],
    [],
  )
  .action(run)
  .parseAsync();

async function run(size: string, { set: given }: { readonly set: readonly string[] }): Promise<void> {
  buildBundle();
  const measured = given.length === 0 ? sets : given.map((words) => words.split(' ').filter(Boolean));
  process.stdout.write('peak MiB  to first   CPU s to first  flags\n');
  let first: StartFigures | undefined;
  for (const set of measured) {
    const figures = await measure(Number(size), set);
    first ??= figures;
    const cells = [
      figures.peakMiB.toFixed(0).padStart(8),
      (figures.peakMiB / first.peakMiB).toFixed(2).padStart(7),
      figures.cpuSeconds.toFixed(1).padStart(7),
      (figures.cpuSeconds / first.cpuSeconds).toFixed(2).padStart(7),
    ];
    process.stdout.write(`${[...cells, set.join(' ') || 'none'].join('  ')}\n`);
  }
}

/** `dist/main.mjs` is what the start file loads; started directly, only the given flags hold. */
async function measure(size: number, set: readonly string[]): Promise<StartFigures> {
  await using stack = new AsyncDisposableStack();
  const arena = await Arena.open(stack);
  await createNamespaces(arena, 0, size);
  const args = [...set, 'dist/main.mjs', 'operator'];
  return await measureStart(arena, { command: process.execPath, args }, timeoutMs);
}
