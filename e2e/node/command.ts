// The command line of the node: `prepare` for the Makefile. It only prints.
import { Command } from 'commander';
import { findBinaries } from '../binaries/find-binaries.ts';
import { nodeBinaries, nodeBinaryNames } from './node-binaries.ts';
import { whyNotHere } from './requirements.ts';

const print = (...lines: readonly string[]): void => {
  process.stdout.write(`${lines.join('\n')}\n`);
};

/** Where no node can run, nothing is built: its tests are skipped, unless NODE_REQUIRED says otherwise. */
async function onPrepare(): Promise<void> {
  const why = await whyNotHere();
  if (why !== undefined && process.env.NODE_REQUIRED) throw new Error(why);
  if (why !== undefined) return print(`the tests on a node are skipped: ${why}`);
  const paths = await findBinaries(nodeBinaries, nodeBinaryNames);
  for (const name of nodeBinaryNames) print(`${name.padEnd(24)}${paths[name]}`);
}

const program = new Command('node')
  .usage('prepare')
  .description(
    'A real Kubernetes cluster with nodes, pods and packets on this machine, in namespaces of its own, without a container engine.',
  )
  .addHelpText(
    'after',
    `
The binaries are searched in this order:
  RINGFENCE_NODE_ASSETS    a folder that has them, in exactly these versions
  the cache                $XDG_CACHE_HOME/ringfence (else ~/.cache/ringfence)
  the official releases    of Kubernetes and containerd; RINGFENCE_NODE_RELEASES is a mirror, or \`off\`
  a build                  with \`go\`, from its module proxy: minutes, once`,
  );
program
  .command('prepare')
  .description('download or build the binaries where they are missing')
  .action(onPrepare);

try {
  await program.parseAsync();
} catch (error) {
  process.stderr.write(`error: ${(error as Error).message}\n`);
  process.exitCode = 1;
}
