// `npm run e2e:kind` and `npm run e2e:node`: a cluster with real nodes and an enforcer. Installs the operator's image by config/,
// checks with packets that policies do what they say, and runs the end-to-end tests that can run in a cluster that they did not
// start. KEEP=1 leaves the cluster. See docs/kind.md for what was run where.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { defaultTag } from '../../image/build.ts';
import { kubectl } from '../kubectl.ts';
import { deployment, install } from '../support/installation.ts';
import { existingCluster } from '../support/open-cluster.ts';
import { makers } from './clusters.ts';
import { checkPackets } from './packet-check.ts';
import type { RealCluster } from './real-cluster.ts';

const [word = ''] = process.argv.slice(2);

try {
  const make = Object.entries(makers).find(([name]) => name === word)?.[1];
  if (make === undefined)
    throw new Error(`say on what to run, ${Object.keys(makers).join(' or ')}${word && `, not \`${word}\``}`);
  say('making the cluster');
  const cluster = await make();
  try {
    await runAllOn(cluster);
  } finally {
    if (process.env.KEEP)
      say(
        `the cluster stays: export KUBECONFIG=${cluster.kubeconfigPath}; \`${await cluster.keep()}\` deletes it`,
      );
    else await cluster.stop();
  }
} catch (error) {
  say((error as Error).message);
  process.exitCode = 1;
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
  runTests(cluster);
}

/** The tests that open a cluster, and don't start a control plane of their own. */
function runTests({ kubeconfigPath }: RealCluster): void {
  const files = readdirSync('e2e', { recursive: true, encoding: 'utf8' })
    .map((file) => `e2e/${file}`)
    .filter((file) => file.endsWith('.test.ts') && readFileSync(file, 'utf8').includes('onAnyCluster('));
  const jest = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--runInBand'];
  execFileSync(process.execPath, [...jest, '--selectProjects', 'e2e', '--runTestsByPath', ...files], {
    stdio: 'inherit',
    env: { ...process.env, [existingCluster]: kubeconfigPath },
  });
}

function say(text: string): void {
  process.stderr.write(`e2e:${word || 'kind'}: ${text}\n`);
}
