// The command line of the node: `up`, `down`, `env` and `exec` for a person, `prepare` for the Makefile.
// It only prints: persistent-node.ts and ../binaries do the work.
import { spawnSync } from 'node:child_process';
import { Command } from 'commander';
import { findBinaries } from '../binaries/find-binaries.ts';
import { print, printPaths, runCommandLine } from '../control-plane/command-line.ts';
import { shellExports } from '../control-plane/shell-exports.ts';
import { enforcers } from './enforcers.ts';
import type { NodeOptions } from './node.ts';
import { nodeBinaries, nodeBinaryNames } from './node-binaries.ts';
import { type PersistentNode, persistentNode } from './persistent-node.ts';
import { nodeEnvironment, whyNotHere } from './requirements.ts';

/** Where no node can run, nothing is built: its tests are skipped, unless NODE_REQUIRED says otherwise. */
async function onPrepare(): Promise<void> {
  const why = await whyNotHere();
  if (why !== undefined && process.env.NODE_REQUIRED) throw new Error(why);
  if (why !== undefined) return print(`the tests on a node are skipped: ${why}`);
  printPaths(nodeBinaryNames, await findBinaries(nodeBinaries, nodeBinaryNames));
}

const command = 'npm run -s node --';

/** What `up` takes. */
interface UpOptions {
  readonly nodes: string;
  readonly dual: boolean;
  readonly enforcer?: string;
}

/** @throws Error for what no node can be */
function nodeOptions({
  nodes,
  dual,
  enforcer = dual ? 'kube-network-policies' : 'kube-router',
}: UpOptions): NodeOptions {
  if (nodes !== '1' && nodes !== '2') throw new Error(`\`--nodes\` is 1 or 2, not \`${nodes}\``);
  const known = enforcers.find((each) => each === enforcer);
  if (known === undefined) throw new Error(`\`--enforcer\` is ${enforcers.join(', ')}, not \`${enforcer}\``);
  return { nodes: nodes === '1' ? 1 : 2, family: dual ? 'dual' : 'ipv4', enforcer: known };
}

async function onUp(options: UpOptions): Promise<void> {
  const begun = performance.now();
  const { running, started } = await persistentNode.up(process.env, nodeOptions(options));
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  const how = started ? `up after ${seconds} s` : 'already up';
  print(
    `${Object.keys(running.enter).join(', ')}: ${how} at ${running.url}`,
    '',
    `kubeconfig: ${running.kubeconfigPath}`,
    `logs:       ${running.directory}/*.log`,
    `to use it:  eval "$(${command} env)" && kubectl get nodes`,
    `to look in: ${command} exec iptables-save`,
    `to stop it: ${command} down`,
  );
}

async function onDown(): Promise<void> {
  print((await persistentNode.down(process.env)) ? 'the node is stopped and its data deleted' : 'none is up');
}

/** @throws Error where none is up */
async function theOneThatIsUp(): Promise<PersistentNode> {
  const state = await persistentNode.current(process.env);
  if (state === undefined) throw new Error(`no node is up: start one with \`${command} up\``);
  return state;
}

async function onEnv(): Promise<void> {
  print(...shellExports(await theOneThatIsUp()));
}

/** Its exit code is that of the command. */
async function onExec(words: readonly string[], { node }: { readonly node: string }): Promise<void> {
  const { enter } = await theOneThatIsUp();
  const [nsenter, ...args] = enter[node] ?? [];
  if (nsenter === undefined)
    throw new Error(`no node is called \`${node}\`, but ${Object.keys(enter).join(' and ')}`);
  const { error, status } = spawnSync(nsenter, [...args, ...words], {
    stdio: 'inherit',
    env: nodeEnvironment,
  });
  if (error !== undefined) throw error;
  process.exitCode = status ?? 1;
}

const program = new Command('node')
  .enablePositionalOptions()
  .usage('up|down|env|exec|prepare')
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
  .command('up')
  .description('start one that stays up, and print how to use it')
  .option('--nodes <number>', '1 or 2', '1')
  .option('--dual', 'IPv4 and IPv6', false)
  .option('--enforcer <name>', `one of ${enforcers.join(', ')}; the first that can is taken when absent`)
  .action(onUp);
program.command('down').description('stop it and delete its data').action(onDown);
program
  .command('env')
  .description('print KUBECONFIG and a PATH with kubectl, for eval in a shell')
  .action(onEnv);
program
  .command('exec')
  .description('run a command in the namespaces of a node')
  .argument('<command...>')
  .option('--node <name>', 'the name of its Node object', 'ring-1')
  .passThroughOptions()
  .action(onExec);
program
  .command('prepare')
  .description('download or build the binaries where they are missing')
  .action(onPrepare);

await runCommandLine(program);
