// The command line of the control plane: `up`, `down` and `env` for a person, `prepare` for the Makefile.
// It only prints: persistent-control-plane.ts and binaries.ts do the work.
import { Command } from 'commander';
import { ensureBinaries } from './binaries.ts';
import { print, printPaths, runCommandLine } from './command-line.ts';
import { kubernetesVersion } from './kubernetes.ts';
import { persistentControlPlane } from './persistent-control-plane.ts';
import { shellExports } from './shell-exports.ts';
import { binaryNames } from './versions.ts';

const command = 'npm run -s control-plane --';

async function onUp(): Promise<void> {
  const begun = performance.now();
  const { running, started } = await persistentControlPlane.up(process.env);
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  print(
    started
      ? `Kubernetes ${kubernetesVersion} is up after ${seconds} s at ${running.url}`
      : `Kubernetes ${kubernetesVersion} is already up at ${running.url}`,
    '',
    `kubeconfig: ${running.kubeconfigPath}`,
    `logs:       ${running.directory}/*.log`,
    `to use it:  eval "$(${command} env)" && kubectl get namespaces`,
    `to stop it: ${command} down`,
  );
}

async function onDown(): Promise<void> {
  print(
    (await persistentControlPlane.down(process.env))
      ? 'the control plane is stopped and its data deleted'
      : 'none is up',
  );
}

async function onEnv(): Promise<void> {
  const running = await persistentControlPlane.current(process.env);
  if (running === undefined) throw new Error(`no control plane is up: start one with \`${command} up\``);
  print(...shellExports(running));
}

async function onPrepare(): Promise<void> {
  printPaths(binaryNames, await ensureBinaries(binaryNames));
}

const program = new Command('control-plane')
  .usage('up|down|env|prepare')
  .description(
    'A real Kubernetes control plane on this machine, without nodes: etcd, kube-apiserver and ' +
      'kube-controller-manager on 127.0.0.1, with throw-away certificates and data.',
  )
  .addHelpText(
    'after',
    `
The binaries are searched in this order:
  KUBEBUILDER_ASSETS       a folder that has them, in exactly these versions
  the cache                $XDG_CACHE_HOME/ringfence (else ~/.cache/ringfence)
  the envtest archive      its index is at RINGFENCE_ENVTEST_INDEX (a URL, or \`off\`) or else the official one
  a build                  with \`go\`, from its module proxy: minutes, once`,
  );
program.command('up').description('start one that stays up, and print how to use it').action(onUp);
program.command('down').description('stop it and delete its data').action(onDown);
program
  .command('env')
  .description('print KUBECONFIG and a PATH with kubectl, for eval in a shell')
  .action(onEnv);
program
  .command('prepare')
  .description('download or build the binaries where they are missing')
  .action(onPrepare);

await runCommandLine(program);
