// `npm run bench:memory`: the memory of the bundled operator by the size of the cluster, from which the request and the limit
// of the Deployment are taken. For each size it starts anew against namespaces that are there, rings them, and goes on
// running for a while.
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { parse } from 'yaml';
import { Arena } from './arena.ts';
import { buildBundle } from './bench-command.ts';
import { startCommand } from './contenders.ts';
import { createNamespaces, measureStart } from './sized-cluster.ts';

const timeoutMs = 900_000;

await new Command('npm run bench:memory --')
  .description('Measures the peak memory of the bundled operator by the number of namespaces.')
  .argument('[sizes...]', 'numbers of namespaces, ascending', ['100', '1000', '5000'])
  .action(run)
  .parseAsync();

async function run(sizes: readonly string[]): Promise<void> {
  buildBundle();
  await using stack = new AsyncDisposableStack();
  const arena = await Arena.open(stack);
  process.stdout.write(
    `namespaces  first start  second start  (MiB at the peak; the limit is ${limitMiB()})\n`,
  );
  let created = 0;
  for (const size of sizes.map(Number)) {
    await createNamespaces(arena, created, size);
    created = size;
    // The first start writes every policy, the second one only reads them.
    const start = { command: process.execPath, args: startCommand() };
    const first = await measureStart(arena, start, timeoutMs);
    const second = await measureStart(arena, start, timeoutMs);
    const peaks = [first, second].map(({ peakMiB }) => peakMiB.toFixed(0).padStart(13));
    process.stdout.write(`${String(size).padStart(10)}${peaks.join('')}\n`);
  }
}

/** The memory limit of the Deployment, in MiB. */
function limitMiB(): number {
  const { spec } = parse(readFileSync('config/manager/deployment.yaml', 'utf8'));
  const limit: string = spec.template.spec.containers[0].resources.limits.memory;
  if (!/^\d+Mi$/.test(limit)) throw new Error(`the limit \`${limit}\` is not in Mi`);
  return Number.parseInt(limit, 10);
}
