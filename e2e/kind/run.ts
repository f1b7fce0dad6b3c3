// `npm run e2e:kind` and `npm run e2e:node`: a cluster with real nodes and an enforcer. Installs the operator's image by config/,
// checks with packets that policies do what they say, and runs the end-to-end tests that can run in a cluster that they did not
// start. KEEP=1 leaves the cluster; otherwise it is deleted, however the run ends. See docs/kind.md for what was run where.
import { readdirSync, readFileSync } from 'node:fs';
import { defaultTag } from '../../image/build.ts';
import { kubectl } from '../kubectl.ts';
import { deployment, install } from '../support/installation.ts';
import { existingCluster } from '../support/open-cluster.ts';
import { runAloud } from '../support/run-command.ts';
import { makers } from './clusters.ts';
import { interruption, unlessInterrupted } from './interruption.ts';
import { checkPackets } from './packet-check.ts';
import type { RealCluster } from './real-cluster.ts';

const [word = ''] = process.argv.slice(2);

const interrupted = interruption();

try {
  const make = Object.entries(makers).find(([name]) => name === word)?.[1];
  if (make === undefined)
    throw new Error(`say on what to run, ${Object.keys(makers).join(' or ')}${word && `, not \`${word}\``}`);
  say('making the cluster');
  const cluster = await make(interrupted);
  try {
    await unlessInterrupted(interrupted, () => runAllOn(cluster));
  } finally {
    await leave(cluster);
  }
} catch (error) {
  // What fails because of an interruption, or after it, is told too: the cluster may be left.
  const errors = new Set([...(interrupted.aborted ? [interrupted.reason] : []), error]) as Set<Error>;
  for (const { message } of errors) say(message);
  process.exitCode = 1;
}
// Work that was interrupted may still wait for something.
process.exit();

async function leave(cluster: RealCluster): Promise<void> {
  if (process.env.KEEP) {
    say(
      `the cluster stays: export KUBECONFIG=${cluster.kubeconfigPath}; \`${await cluster.keep()}\` deletes it`,
    );
    return;
  }
  say('deleting the cluster');
  await cluster.stop();
}

async function runAllOn(cluster: RealCluster): Promise<void> {
  say('making the image');
  await cluster.loadOperatorImage();
  say('installing config/default');
  await install(cluster);
  say('checking with packets');
  await checkPackets(cluster, { image: defaultTag(), say });
  // The tests bring an operator of their own.
  await kubectl(cluster, 'scale', '--replicas=0', ...deployment);
  await kubectl(cluster, 'rollout', 'status', '--timeout=180s', ...deployment);
  say('running the end-to-end tests that can run here');
  await runTests(cluster);
}

/** The tests that open a cluster, and don't start a control plane of their own. */
async function runTests({ kubeconfigPath }: RealCluster): Promise<void> {
  const files = readdirSync('e2e', { recursive: true, encoding: 'utf8' })
    .map((file) => `e2e/${file}`)
    .filter((file) => file.endsWith('.test.ts') && readFileSync(file, 'utf8').includes('onAnyCluster('));
  const jest = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--runInBand'];
  await runAloud(process.execPath, [...jest, '--selectProjects', 'e2e', '--runTestsByPath', ...files], {
    signal: interrupted,
    env: { ...process.env, [existingCluster]: kubeconfigPath },
  });
}

function say(text: string): void {
  process.stderr.write(`e2e:${word || 'kind'}: ${text}\n`);
}
