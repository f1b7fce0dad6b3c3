// The canary as people install it, on two real machines: what the platform profile says of the enforcer while that works, is gone, or
// is disturbed, all in a dry run. What takes many rounds is for FAULTS=full. Must not know how the canary tries connections.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual, promisify } from 'node:util';
import { expect, test } from '@jest/globals';
import { useTool } from '../../test/cli/use-tool.ts';
import { type Cluster, conditionOf, platformPath, type StoredEvent, type StoredProfile } from '../cluster.ts';
import { isFull } from '../faults/parameters.ts';
import { kubectl } from '../kubectl.ts';
import { enforced } from '../support/expected-policies.ts';
import { install } from '../support/installation.ts';
import { apiServer } from './addresses.ts';
import type { NodeOptions, RingNode } from './node.ts';
import { describeOnNode, type OnNode, onNode } from './on-node.ts';

const run = promisify(execFile);
const tool = useTool();
const namespace = 'ringfence-canary';

/** It takes rounds to be certain. */
const timeoutMs = 480_000;

/** How many seconds it may take until the profile says that policies are not in force. */
const toldWithin = 120;

/** Ends or starts the enforcers of all machines. */
async function onAllMachines(node: RingNode, act: 'killEnforcer' | 'startEnforcer'): Promise<void> {
  for (const machine of node.names) await node[act](machine);
}

async function installCanary({ node, cluster }: OnNode): Promise<void> {
  await node().loadOperatorImage();
  await install(node());
  await cluster.platform({ ...enforced, enforcement: 'DryRun' });
  await kubectl(node(), 'apply', '--validate=strict', '-k', 'config/canary');
}

const canaryOn = (options: NodeOptions, prepare = installCanary): OnNode =>
  onNode({ nodes: 2, enforcer: 'kube-network-policies', ...options }, prepare);

const profileOf = (cluster: Cluster) => cluster.find<StoredProfile & Reported>(platformPath);

interface Reported {
  readonly status?: {
    readonly enforcement?: {
      readonly nodes: object;
      readonly effect?: { readonly p50Milliseconds: number };
      readonly newPods?: { readonly openMilliseconds?: number; readonly allowedMilliseconds?: number };
      readonly capabilities: readonly { readonly name: string; readonly value: string }[];
    };
  };
}

/** Waits until the condition is like this. @returns how many seconds that took */
async function becomes(cluster: Cluster, pattern: RegExp): Promise<number> {
  const began = performance.now();
  const now = async () => {
    const { status, reason, message } = conditionOf(await profileOf(cluster), 'Enforced') ?? {};
    return `${status} ${reason}: ${message}`;
  };
  await cluster.eventually(`Enforced is ${pattern}`, async () => pattern.test(await now()), {
    timeoutMs,
    instead: now,
  });
  return Math.round((performance.now() - began) / 1000);
}

const notEnforcedAnywhere =
  /^False NotEnforced: policies are not in force on `ring-1`, `ring-2`: connections that a policy of the canary denies are made there/;

/** What `program`, the text of a shell script, prints in a machine. */
const onMachine = (node: RingNode, machine: string, program: string) =>
  node.run(machine, 'sh', '-c', program);

/** What is said of a new pod that starts now. */
async function firstConnections({ node, cluster }: OnNode, job: string) {
  await kubectl(node(), '-n', namespace, 'create', 'job', job, '--from=cronjob/fresh');
  // The report goes with the pod, which a Job that does not end in time loses.
  await kubectl(node(), '-n', namespace, 'wait', '--for=condition=complete', `job/${job}`, '--timeout=180s');
  return await cluster.eventually('a new pod has reported', async () => {
    return (await profileOf(cluster))?.status?.enforcement?.newPods;
  });
}

describeOnNode('the canary', () => {
  const on = canaryOn({}, async (on) => {
    await onAllMachines(on.node(), 'killEnforcer');
    await installCanary(on);
  });
  const { node, cluster } = on;

  test('says in a dry run that no policy is in force, where there is no enforcer', async () => {
    const seconds = await becomes(cluster, notEnforcedAnywhere);
    expect(seconds).toBeLessThan(toldWithin);
    expect(conditionOf(await profileOf(cluster), 'Ready')).toMatchObject({
      status: 'True',
      reason: 'DryRun',
    });
  });

  test('needs less than 20 MiB of memory in each pod', async () => {
    const program =
      'for p in /proc/[0-9]*; do if tr "\\0" " " < $p/cmdline | grep -Eq "^/usr/local/bin/node.*canary.mjs (listener|client)"; then grep RssAnon $p/status; fi; done';
    const sizes = await Promise.all(node().names.map((machine) => onMachine(node(), machine, program)));
    const kibibytes = sizes.join('').match(/\d+/g)?.map(Number) ?? [];
    expect(kibibytes).toHaveLength(8);
    expect(Math.max(...kibibytes)).toBeLessThan(20 * 1024);
  });

  test('does not let the token of one client write the report of another', async () => {
    const token = await onMachine(
      node(),
      'ring-1',
      'for p in /proc/[0-9]*; do if tr "\\0" " " < $p/cmdline | grep -q "^/usr/local/bin/node.*canary.mjs client"; then cat $p/root/var/run/secrets/kubernetes.io/serviceaccount/token; exit; fi; done',
    );
    const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'forged' } };
    const url = `${apiServer.url}/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;
    const program =
      'fetch(process.argv[1], {method: "POST", body: process.argv[2], headers: {authorization: "Bearer " + process.argv[3].trim(), "content-type": "application/json"}}).then(async (answer) => process.stdout.write(await answer.text()))';
    const body = JSON.stringify({ ...lease, spec: { holderIdentity: 'ring-2' } });
    const [command = '', ...words] = [
      ...node().enter('ring-1'),
      ...['env', 'NODE_TLS_REJECT_UNAUTHORIZED=0', process.execPath, '--eval', program, url, body, token],
    ];
    const { stdout } = await run(command, words);
    expect(JSON.parse(stdout)).toMatchObject({
      code: 422,
      message: expect.stringContaining('may only write the Lease that is called like its pod'),
    });
  });

  test('says that new pods make connections that are denied, as long as anybody looks', async () => {
    const newPods = await firstConnections(on, 'without-enforcer');
    expect(newPods.openMilliseconds).toBeGreaterThan(10_000);
    expect(newPods.allowedMilliseconds).toBeLessThan(10_000);
  });

  test('says that policies are in force as soon as there are enforcers', async () => {
    await onAllMachines(node(), 'startEnforcer');
    await becomes(cluster, /^True Enforced: .*; canary pods on 2 of 2 nodes$/);
    const environment = { KUBECONFIG: node().kubeconfigPath };
    const { stdout, exitCode } = await tool.run('ringfence canary', { environment });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^ring-1 .*in force.*\nring-2 .*in force/m);
  });

  test('tells of a policy that somebody added, and not of the enforcer', async () => {
    const policies = `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`;
    const spec = { podSelector: {}, ingress: [{}], egress: [{}], policyTypes: ['Ingress', 'Egress'] };
    await cluster.api.json('POST', policies, { metadata: { name: 'allow-all' }, spec });
    await becomes(
      cluster,
      /^Unknown CanaryChanged: the policy `allow-all` in `ringfence-canary` does not belong/,
    );
    await cluster.api.json('DELETE', `${policies}/allow-all`);
    await becomes(cluster, /^True Enforced/);
  });
});

if (isFull) {
  describeOnNode('the canary with an enforcer', () => {
    const on = canaryOn({});
    const { node, cluster } = on;

    test('sees in a dry run that policies are in force, and how fast', async () => {
      await becomes(cluster, /^True Enforced: .*; canary pods on 2 of 2 nodes$/);
      const profile = await cluster.eventually(
        'a marker took effect',
        async () => {
          const found = await profileOf(cluster);
          return found?.status?.enforcement?.effect !== undefined && found;
        },
        { timeoutMs },
      );
      expect(profile.status?.enforcement).toMatchObject({ nodes: { enforced: 2, failing: 0, all: 2 } });
      expect(conditionOf(profile, 'Ready')).toMatchObject({ status: 'True', reason: 'DryRun' });
    });

    test('sees that the first connections of a new pod are judged at once', async () => {
      const { openMilliseconds = 0, allowedMilliseconds } = await firstConnections(on, 'with-enforcer');
      expect(openMilliseconds).toBeLessThan(5_000);
      expect(allowedMilliseconds).toBeLessThan(10_000);
    });

    test('needs less than 5 m of CPU in each client', async () => {
      const program =
        'for p in /proc/[0-9]*; do if tr "\\0" " " < $p/cmdline | grep -q "^/usr/local/bin/node.*canary.mjs client"; then cut -d" " -f14,15 $p/stat; fi; done; cut -d" " -f1 /proc/uptime';
      const ticks = async () => {
        const [used = '', uptime = ''] = (await onMachine(node(), 'ring-1', program)).trim().split('\n');
        const [user = 0, system = 0] = used.split(' ').map(Number);
        return { used: user + system, at: Number(uptime) };
      };
      const before = await ticks();
      await new Promise((resolve) => setTimeout(resolve, 120_000));
      const after = await ticks();
      // A tick is a hundredth of a second on every machine (`getconf CLK_TCK`).
      expect((after.used - before.used) / 100 / (after.at - before.at)).toBeLessThan(0.005);
    }, 180_000);

    test('tells on which machine the enforcer is gone, and when it is back', async () => {
      await node().killEnforcer('ring-2');
      const seconds = await becomes(cluster, /^False NotEnforced: policies are not in force on `ring-2`: /);
      expect(seconds).toBeLessThan(toldWithin);
      const events = '/apis/events.k8s.io/v1/namespaces/default/events';
      const { items } = await cluster.api.json<{ items: readonly StoredEvent[] }>('GET', events);
      expect(items).toContainEqual(
        expect.objectContaining({ reason: 'NotEnforced', note: expect.stringContaining('on `ring-2`') }),
      );
      await node().startEnforcer('ring-2');
      await becomes(cluster, /^True Enforced/);
    });

    test('tells of a partition as of one', async () => {
      const rule = 'FORWARD -s 10.244.1.0/24 -d 10.244.2.0/24 -j DROP';
      await onMachine(node(), 'ring-1', `iptables -w -I ${rule}`);
      await becomes(
        cluster,
        /^True Degraded: .*; degraded: allowed connections fail, .*from `ring-1` to `ring-2`/,
      );
      await onMachine(node(), 'ring-1', `iptables -w -D ${rule}`);
      await becomes(cluster, /^True Enforced/);
    });

    test('knows what the CNI does', async () => {
      const expected = {
        IPBlockSelectsPods: 'Yes',
        EndPort: 'Yes',
        NamedPort: 'Yes',
        ServiceAfterTranslation: 'Yes',
        Denial: 'Dropped',
        SCTP: 'Unknown',
      };
      const table = async () => {
        const rows = (await profileOf(cluster))?.status?.enforcement?.capabilities ?? [];
        return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
      };
      await cluster.eventually(
        'everything was tried',
        async () => isDeepStrictEqual({ ...(await table()), ...expected }, await table()),
        { timeoutMs, instead: async () => JSON.stringify(await table()) },
      );
    });

    test('is shown as in the guide', async () => {
      const environment = { KUBECONFIG: node().kubeconfigPath };
      const { stdout } = await tool.run('ringfence canary', { environment });
      const guide = readFileSync('docs/guides/in-force.md', 'utf8');
      const [, sample = ''] = /^ringfence canary\n```\n\n```text\n([\s\S]*?)^```/m.exec(guide) ?? [];
      const linesIn = (text: string) =>
        text
          .replaceAll(/\d{4}-[\dT:.-]+Z|\d+ (ms|s ago)/g, 'TIME')
          .replaceAll(/ +/g, ' ')
          .split('\n');
      expect(linesIn(stdout)).toEqual(
        expect.arrayContaining(linesIn(sample).filter((line) => line !== '...' && !line.includes('new pod'))),
      );
    });
  });

  describeOnNode('a canary whose pods can not start', () => {
    const { cluster } = canaryOn({ nodes: 1, dns: false });
    const pods = `/api/v1/namespaces/${namespace}/pods`;

    test('is Unknown where no node takes a client', async () => {
      await becomes(cluster, /^True Enforced/);
      const taints = [{ key: 'reserved', effect: 'NoSchedule' }];
      await cluster.api.json('PATCH', '/api/v1/nodes/ring-1', { spec: { taints } });
      await cluster.api.text('DELETE', pods);
      await becomes(
        cluster,
        /^Unknown Starting: .*: the Deployment `listener-a` has 0 of 3 .* untolerated taint/,
      );
      const deployments = `/apis/apps/v1/namespaces/${namespace}/deployments`;
      const spec = { template: { spec: { tolerations: [{ operator: 'Exists' }] } } };
      for (const name of ['listener-a', 'listener-b'])
        await cluster.api.json('PATCH', `${deployments}/${name}`, { spec });
      await becomes(cluster, /^Unknown Starting: .*: the DaemonSet `client` has no node to run on: .*taints/);
    });

    test('is Unknown for the reason that Kubernetes gives: a quota', async () => {
      const quotas = `/api/v1/namespaces/${namespace}/resourcequotas`;
      await cluster.api.json('POST', quotas, { metadata: { name: 'none' }, spec: { hard: { pods: '0' } } });
      await cluster.api.json('PATCH', '/api/v1/nodes/ring-1', { spec: { taints: null } });
      await cluster.api.text('DELETE', pods);
      await becomes(
        cluster,
        /^Unknown Starting: .*: the Deployment `listener-a` has 0 of 3 .*exceeded quota: none/,
      );
    });
  });

  describeOnNode('the canary without an enforcer, in both families', () => {
    const { cluster } = canaryOn({ enforcer: 'none', family: 'dual' });

    test('says in a dry run that no policy is in force', async () => {
      expect(await becomes(cluster, notEnforcedAnywhere)).toBeLessThan(toldWithin);
    });
  });
}
