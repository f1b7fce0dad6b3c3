// `npm run bench:memory`: the memory of the bundled operator by the size of the cluster, from which the request and the limit
// of the Deployment are taken. For each size it starts anew against namespaces that are there, rings them, and goes on
// running for a while.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { parse } from 'yaml';
import { Arena } from './arena.ts';
import { startCommand } from './contenders.ts';

const restMs = 10_000;
const inFlight = 32;

await new Command('npm run bench:memory --')
  .description('Measures the peak memory of the bundled operator by the number of namespaces.')
  .argument('[sizes...]', 'numbers of namespaces, ascending', ['100', '1000', '5000'])
  .action(run)
  .parseAsync();

async function run(sizes: readonly string[]): Promise<void> {
  if (spawnSync('npm', ['run', '-s', 'build'], { stdio: 'inherit' }).status !== 0)
    throw new Error('the bundle could not be built');
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
    const peaks = [await measure(arena), await measure(arena)];
    process.stdout.write(
      `${String(size).padStart(10)}${peaks.map((peak) => peak.toFixed(0).padStart(13)).join('')}\n`,
    );
  }
}

async function createNamespaces(arena: Arena, from: number, to: number): Promise<void> {
  let next = from;
  const create = async () => {
    while (next < to) {
      next += 1;
      await arena.createNamespace(`sized-${next}`);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, create));
}

/** MiB at the peak, from the start to some time after everything is written. */
async function measure(arena: Arena): Promise<number> {
  await using stack = new AsyncDisposableStack();
  const words = ['--kubeconfig', arena.kubeconfig, '--health-address', '127.0.0.1:0', '--settle', '1'];
  const operator = arena.start(stack, {
    command: process.execPath,
    args: [...startCommand(), ...words],
  });
  // A change, so that the condition that is waited for is of this operator.
  const name = `start-${Date.now()}`;
  await arena.cluster.platform({ rules: [{ name, namespaces: { names: ['nobody'] }, enforcement: 'Off' }] });
  await Promise.race([
    arena.cluster.platformCondition('Ready', 'True', 'Enforced', 300_000),
    operator.failed(),
  ]);
  await sleep(restMs);
  return operator.peakMemoryMiB();
}

/** The memory limit of the Deployment, in MiB. */
function limitMiB(): number {
  const { spec } = parse(readFileSync('config/manager/deployment.yaml', 'utf8'));
  const limit: string = spec.template.spec.containers[0].resources.limits.memory;
  if (!/^\d+Mi$/.test(limit)) throw new Error(`the limit \`${limit}\` is not in Mi`);
  return Number.parseInt(limit, 10);
}
