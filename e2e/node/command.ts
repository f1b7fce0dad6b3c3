// The command line of the node: `up`, `down`, `env` and `exec` for a person, `prepare` for the Makefile.
// It only prints: persistent-node.ts and ../binaries do the work.
import { spawnSync } from 'node:child_process';
import { Command } from 'commander';
import { findBinaries } from '../binaries/find-binaries.ts';
import { print, printPaths, runCommandLine } from '../control-plane/command-line.ts';
import { shellExports } from '../control-plane/shell-exports.ts';
import { enforcers } from './enforcers.ts';
import { nodeBinaries, nodeBinaryNames } from './node-binaries.ts';
import { type ChosenOptions, type PersistentNode, persistentNode } from './persistent-node.ts';
import { nodeEnvironment, whyNotHere } from './requirements.ts';

/** Where no node can run, nothing is built: its tests are skipped, unless NODE_REQUIRED says otherwise. */
async function onPrepare(): Promise<void> {
  const why = await whyNotHere();
  if (why !== undefined && process.env.NODE_REQUIRED) throw new Error(why);
  if (why !== undefined) return print(`the tests on a node are skipped: ${why}`);
  printPaths(nodeBinaryNames, await findBinaries(nodeBinaries, nodeBinaryNames));
}

const command = 'npm run -s node --';

/** What `up` takes; absent is what was not said. */
interface UpOptions {
  readonly nodes?: string;
  readonly dual?: true;
  readonly enforcer?: string;
}

/** What was said, and nothing else. @throws Error for what no node can be */
function saidOptions({ nodes = '', dual, enforcer }: UpOptions): Partial<ChosenOptions> {
  if (!['', '1', '2'].includes(nodes)) throw new Error(`\`--nodes\` is 1 or 2, not \`${nodes}\``);
  const known = enforcers.find((each) => each === enforcer);
  if (enforcer !== undefined && known === undefined)
    throw new Error(`\`--enforcer\` is ${enforcers.join(', ')}, not \`${enforcer}\``);
  return {
    ...(nodes === '' ? {} : { nodes: nodes === '1' ? 1 : 2 }),
    ...(dual === undefined ? {} : { family: 'dual' }),
    ...(known === undefined ? {} : { enforcer: known }),
  };
}

/** The options of a node that is to be started. */
function withDefaults({ nodes = 1, family = 'ipv4', enforcer }: Partial<ChosenOptions>): ChosenOptions {
  return {
    nodes,
    family,
    enforcer: enforcer ?? (family === 'dual' ? 'kube-network-policies' : 'kube-router'),
  };
}

/** Each option in the words of the command line. */
const inWords = {
  nodes: (value: unknown) => `\`--nodes ${value}\``,
  family: (value: unknown) => (value === 'dual' ? '`--dual`' : 'IPv4 alone'),
  enforcer: (value: unknown) => `\`--enforcer ${value}\``,
} as const satisfies Record<keyof ChosenOptions, unknown>;

/** @throws Error where the node that is up is another one than was asked for */
function checkIsAsked({ options }: PersistentNode, asked: Partial<ChosenOptions>): void {
  const names = ['nodes', 'family', 'enforcer'] as const;
  const other = names.filter((name) => asked[name] !== undefined && options?.[name] !== asked[name]);
  if (options === undefined || other.length === 0) return;
  const differences = other.map(
    (name) => `${inWords[name](options[name])}, not ${inWords[name](asked[name])}`,
  );
  throw new Error(
    `a node is already up with ${differences.join(', and ')}: stop it first with \`${command} down\``,
  );
}

async function onUp(said: UpOptions): Promise<void> {
  const begun = performance.now();
  const asked = saidOptions(said);
  const { running, started } = await persistentNode.up(process.env, withDefaults(asked));
  if (!started) checkIsAsked(running, asked);
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
  .option('--nodes <number>', '1 or 2; 1 when absent')
  .option('--dual', 'IPv4 and IPv6')
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
