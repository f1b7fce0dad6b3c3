// What an enforcer of NetworkPolicies does by itself, without Ringfence: how a denial looks, when a policy is in force after it is
// written, what a new pod's first moments let through, and what becomes of a connection that exists. Nothing here is a promise of
// Ringfence: docs/cni-notes.md tells what was measured. `npm run bench:enforcement -- [kube-router|kube-network-policies]`
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { poll } from '../e2e/control-plane/poll.ts';
import type { Attempt, Outcome, Watch } from '../e2e/node/dialer.ts';
import { type WorkingEnforcer, workingEnforcers } from '../e2e/node/enforcers.ts';
import { agentImage } from '../e2e/node/images.ts';
import { type RingNode, startNode } from '../e2e/node/node.ts';
import { startPods } from '../e2e/node/pods.ts';
import { percentile } from './statistics.ts';

const denials = 10;
const changes = 50;
const newPods = 40;
/** How many of them start together. */
const atOnce = 5;
/** How long each tries to connect. */
const newPodMs = 5000;
const every = { everyMs: 10, timeoutMs: 1000 };

const [client, server] = ['there/client', 'there/server'] as const;
const policies = '/apis/networking.k8s.io/v1/namespaces/there/networkpolicies';

/** Denies what comes to the server, while something is done. */
async function whileDenied<Result>({ api }: RingNode, act: () => Promise<Result>): Promise<Result> {
  const spec = { podSelector: { matchLabels: { app: 'server' } }, policyTypes: ['Ingress'] };
  await api.json('POST', policies, { metadata: { name: 'deny' }, spec });
  const result = await act();
  await api.json('DELETE', `${policies}/deny`);
  return result;
}

/** Waits for the first attempt since now that ends like this. @returns how long after now it began, in milliseconds */
async function untilFirst(watch: Watch, isWanted: (outcome: Outcome) => boolean): Promise<number> {
  const now = Date.now();
  const first = await poll(
    async () => watch.unexpected.find(({ at, outcome }) => at >= now && isWanted(outcome)),
    {
      expired: () => new Error('the change does not come into force'),
    },
  );
  return first.at - now;
}

const isReached = (outcome: Outcome) => outcome === 'reached';
const isDenied = (outcome: Outcome) => outcome !== 'reached';

/** In milliseconds after the API server has answered. */
async function measureChanges(node: RingNode, address: string): Promise<readonly number[]> {
  const dialer = await node.dialer(client);
  const times: number[] = [];
  for (let change = 0; change < changes; change += 2) {
    // An attempt that is not expected is told: here, each.
    const watch = dialer.watch(
      { address, port: 8080, timeoutMs: every.timeoutMs },
      { everyMs: 10, expect: '' },
    );
    times.push(
      await whileDenied(node, () => untilFirst(watch, isDenied)),
      await untilFirst(watch, isReached),
    );
    await watch.stop();
    // So that the changes meet the enforcer's own rhythm at different moments.
    await pause((change * 37) % 500);
  }
  return times;
}

/** Denied connections: some one after the other, with time for the kernel to answer each again, and as many together. */
async function measureDenials(node: RingNode, address: string): Promise<readonly (readonly Attempt[])[]> {
  const dialer = await node.dialer(client);
  const dial = () => dialer.dial({ address, port: 8080 });
  return await whileDenied(node, async () => {
    await poll(async () => isDenied((await dial()).outcome), {
      expired: () => new Error('nothing is denied'),
    });
    const single: Attempt[] = [];
    for (let count = 0; count < denials; count += 1) {
      await pause(1500);
      single.push(await dial());
    }
    await pause(8000);
    return [single, await Promise.all(single.map(dial))];
  });
}

/** New pods in a namespace that may send nothing. @returns of each, the attempts from its first moment on */
async function measureNewPods(node: RingNode, address: string): Promise<readonly (readonly Attempt[])[]> {
  const { api } = node;
  const [machine = ''] = node.names;
  await api.json('POST', '/api/v1/namespaces', { metadata: { name: 'new' } });
  await api.json('POST', policies.replace('/there/', '/new/'), {
    metadata: { name: 'deny' },
    spec: { podSelector: {}, policyTypes: ['Egress'] },
  });
  await startPods(node, [{ key: 'new/first' }]);
  await poll(
    async () => isDenied((await node.probe('new/first', [{ address, port: 8080 }]))[0]?.outcome ?? ''),
    {
      expired: () => new Error('nothing is denied'),
    },
  );
  const order = { ...{ id: 1, address: `${address}:8080`, protocol: 'tcp', expect: '' }, ...every };
  const seen: (readonly Attempt[])[] = [];
  for (let count = 0; count < newPods; count += atOnce) {
    const names = Array.from({ length: atOnce }, (_, index) => `pod-${count + index}`);
    for (const name of names) {
      await api.json('POST', '/api/v1/namespaces/new/pods', {
        metadata: { name },
        spec: {
          terminationGracePeriodSeconds: 0,
          containers: [
            {
              ...{ name: 'agent', image: agentImage, imagePullPolicy: 'Never' },
              command: ['/agent', 'dial', JSON.stringify(order)],
            },
          ],
        },
      });
    }
    const logs = await Promise.all(
      names.map((name) =>
        poll(() => attemptsIn(node, machine, name), { expired: () => new Error(`${name} does not try`) }),
      ),
    );
    seen.push(...logs);
    for (const name of names)
      await api.json('DELETE', `/api/v1/namespaces/new/pods/${name}?gracePeriodSeconds=0`);
  }
  return seen;
}

/** The attempts in the log of a pod, once it has tried for long enough. */
async function attemptsIn(
  node: RingNode,
  machine: string,
  name: string,
): Promise<readonly Attempt[] | undefined> {
  const log = await node.run(
    machine,
    'sh',
    '-c',
    `cat /var/log/pods/new_${name}_*/agent/0.log 2> /dev/null || true`,
  );
  const attempts = log
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line.replace(/^\S+ stdout F /, '')) as Attempt)
    .toSorted((a, b) => a.at - b.at);
  const [first, last] = [attempts[0], attempts.at(-1)];
  return first !== undefined && last !== undefined && last.at - first.at > newPodMs ? attempts : undefined;
}

/** How long denied connections got through, from the first attempt on. */
function firstMoments(attempts: readonly Attempt[]): number {
  const last = attempts.findLast(({ outcome }) => outcome === 'reached');
  return last === undefined ? 0 : last.at - (attempts[0]?.at ?? 0) + 1;
}

const echo = "require('node:net').createServer((s) => s.pipe(s)).listen(9000, () => console.log('ready'))";
const talk = (address: string) => `const s = require('node:net').connect(9000, '${address}');
  setInterval(() => s.write('x'), 100); s.on('data', () => console.log('answer')).on('error', (e) => console.log(e.code));`;

/** How many answers an old connection gets in the 10 s after new ones are denied, when it asks ten times a second. */
async function measureEstablished(node: RingNode, address: string): Promise<number> {
  const start = async (pod: typeof client | typeof server, program: string) => {
    const [command = '', ...words] = [...(await node.enterPod(pod)), process.execPath, '-e', program];
    const child = spawn(command, words, { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines: string[] = [];
    createInterface(child.stdout).on('line', (line) => lines.push(line));
    await poll(async () => lines.length > 0, { expired: () => new Error(`no word from ${pod}`) });
    return { child, lines };
  };
  const serving = await start(server, echo);
  const talking = await start(client, talk(address));
  const dialer = await node.dialer(client);
  const answers = await whileDenied(node, async () => {
    await poll(async () => isDenied((await dialer.dial({ address, port: 9000 })).outcome), {
      expired: () => new Error('nothing is denied'),
    });
    const before = talking.lines.length;
    await pause(10_000);
    return talking.lines.slice(before).filter((line) => line === 'answer').length;
  });
  for (const { child } of [talking, serving]) child.kill('SIGKILL');
  return answers;
}

/** How often attempts ended in each way, and how long that took. */
const outcomes = (attempts: readonly Attempt[]) =>
  [...Map.groupBy(attempts, ({ outcome }) => outcome)]
    .map(([outcome, alike]) => `${alike.length} ${outcome}, ${summary(alike.map(({ took }) => took))}`)
    .join('; ');

const summary = (times: readonly number[]) =>
  `median ${percentile(times, 50)}, p90 ${percentile(times, 90)}, max ${Math.max(...times)} ms`;

async function measure(enforcer: WorkingEnforcer): Promise<void> {
  await using node = await startNode({ enforcer, dns: false });
  await node.api.json('POST', '/api/v1/namespaces', { metadata: { name: 'there' } });
  const pods = await startPods(node, [{ key: client }, { key: server, labels: { app: 'server' } }]);
  const address = pods.get(server)?.addresses[0] ?? '';
  const print = (what: string, value: string) => process.stdout.write(`${enforcer}: ${what}: ${value}\n`);
  const [single = [], together = []] = await measureDenials(node, address);
  print(`${denials} denials, one after the other`, outcomes(single));
  print(`${denials} denials, all together`, outcomes(together));
  const times = await measureChanges(node, address);
  print(`${times.length / 2} denials in force after`, summary(times.filter((_, index) => index % 2 === 0)));
  print(`${times.length / 2} deletions in force after`, summary(times.filter((_, index) => index % 2 === 1)));
  const answers = await measureEstablished(node, address);
  print('answers to a connection that exists, of 100, after a denial', String(answers));
  const moments = (await measureNewPods(node, address)).map(firstMoments);
  print(`${moments.length} new pods reach what is denied, in their first`, summary(moments));
  print('new pods that reached something', String(moments.filter((time) => time > 0).length));
}

const wanted = process.argv.slice(2);
for (const enforcer of workingEnforcers.filter((each) => wanted.length === 0 || wanted.includes(each)))
  await measure(enforcer);
