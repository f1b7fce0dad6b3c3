// The operator as its own image on a real node, installed by config/default: under Pod Security, behind its own policies, with the
// probes of a real kubelet, over a rollout, a crash and an outage of its API server. FAULTS=full adds the long outages.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { denyIngress, leasePath } from '../cluster.ts';
import { isFull } from '../faults/parameters.ts';
import { kubectl } from '../kubectl.ts';
import { appNamespace, enforced } from '../support/expected-policies.ts';
import { deployment, install } from '../support/installation.ts';
import { apiServer, dnsAddress } from './addresses.ts';
import type { Target } from './dialer.ts';
import type { PodKey, RingNode } from './node.ts';
import { describeOnNode, onNode } from './on-node.ts';
import { startPods } from './pods.ts';

const run = promisify(execFile);

interface OperatorPod {
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly status: {
    readonly podIP: string;
    readonly containerStatuses?: readonly {
      readonly image: string;
      readonly ready: boolean;
      readonly restartCount: number;
      readonly lastState: { readonly terminated?: { readonly exitCode: number } };
    }[];
  };
}

const prometheus = 'monitoring/prometheus';
/** In the right namespace with another name, and in another namespace with the right name. */
const strangers = ['monitoring/other', 'elsewhere/prometheus'] as const;
const clients: readonly PodKey[] = [prometheus, ...strangers];

describeOnNode('the operator on a node', () => {
  const { node, cluster } = onNode({}, async ({ node, cluster }) => {
    for (const namespace of ['monitoring', 'elsewhere']) await cluster.createNamespace(namespace);
    await cluster.createNamespace('live', appNamespace);
    await node().loadOperatorImage();
    await install(node());
    await cluster.platform(enforced);
    await cluster.policiesAre('live', [denyIngress]);
    await startPods(
      node(),
      clients.map((key) => ({
        key,
        labels: { 'app.kubernetes.io/name': key.split('/')[1] ?? '' },
        listen: ['tcp:8080', 'tcp:443'],
      })),
    );
  });

  /** Waits until there is no operator but one that is Ready. */
  async function theOperator(): Promise<OperatorPod> {
    const path = '/api/v1/namespaces/ringfence-system/pods';
    return await cluster.eventually('one operator is Ready, and no other is there', async () => {
      const { items } = await cluster.api.json<{ items: readonly OperatorPod[] }>('GET', path);
      const [pod, ...others] = items;
      return others.length === 0 && pod?.status.containerStatuses?.[0]?.ready === true && pod;
    });
  }

  const keyOf = ({ metadata }: OperatorPod): PodKey => `ringfence-system/${metadata.name}`;

  /** Deletes a policy, and waits until the operator has put it back. */
  async function mends(): Promise<void> {
    await cluster.deletePolicy('live', denyIngress);
    await cluster.policiesAre('live', [denyIngress]);
  }

  test('is Ready under the level `restricted`, and its log holds no warning', async () => {
    const { metadata } = await cluster.api.json<{ metadata: { labels: object } }>(
      'GET',
      '/api/v1/namespaces/ringfence-system',
    );
    expect(metadata.labels).toMatchObject({ 'pod-security.kubernetes.io/enforce': 'restricted' });
    const pod = await theOperator();
    expect(pod.status.containerStatuses).toMatchObject([{ restartCount: 0 }]);
    const log = await kubectl(node(), 'logs', ...deployment);
    const lines = log
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { level: number; msg: string });
    expect(lines.filter(({ level }) => level >= 40)).toEqual([]);
    expect(lines.map(({ msg }) => msg)).toContain('the lease is ours');
  });

  test('answers every probe of its kubelet', async () => {
    const { metadata } = await theOperator();
    const [machine] = node().names;
    for (const type of ['Startup', 'Readiness', 'Liveness']) {
      await cluster.eventually(`the ${type} probe has succeeded`, async () => {
        const counts = await cluster.api.text('GET', `/api/v1/nodes/${machine}/proxy/metrics/probes`);
        return counts
          .split('\n')
          .some((line) =>
            [metadata.name, `probe_type="${type}"`, 'result="successful"'].every((part) =>
              line.includes(part),
            ),
          );
      });
    }
  });

  describe('behind its own policies', () => {
    let operator: PodKey;
    let metrics: readonly Target[];
    let api: readonly Target[];
    let others: readonly Target[];
    let onPort443: Target;

    beforeAll(async () => {
      const pod = await theOperator();
      operator = keyOf(pod);
      metrics = [pod.status.podIP, 'ringfence-metrics.ringfence-system.svc.cluster.local'].map((address) => ({
        address,
        port: 8080,
      }));
      api = [
        { address: '10.96.0.1', port: 443 },
        { address: apiServer.address, port: apiServer.port },
      ];
      const { podIP } = (
        await cluster.api.json<OperatorPod>('GET', `/api/v1/namespaces/monitoring/pods/other`)
      ).status;
      others = [
        { address: dnsAddress, port: 53, protocol: 'dns', name: 'kubernetes.default.svc.cluster.local' },
        { address: dnsAddress, port: 53 },
        { address: apiServer.address, port: 10250 },
        { address: podIP, port: 8080 },
      ];
      onPort443 = { address: podIP, port: 443 };
    });

    /** Waits until a pod reaches all of these, or none. The enforcer follows a policy some time after it is stored. */
    async function reaches(pod: PodKey, targets: readonly Target[], all = true): Promise<void> {
      const outcomes = async () => (await node().probe(pod, targets)).map(({ outcome }) => outcome);
      await cluster.eventually(
        `${pod} reaches ${all ? 'all' : 'none'} of ${JSON.stringify(targets)}`,
        async () => (await outcomes()).every((outcome) => (outcome === 'reached') === all),
        { instead: async () => (await outcomes()).join(' ') },
      );
    }

    test('or everything would reach it, and it everything', async () => {
      await kubectl(node(), 'delete', '-k', 'config/network');
      for (const client of clients) await reaches(client, metrics);
      await reaches(operator, [...api, ...others, onPort443]);
    });

    test('its metrics are read by Prometheus alone', async () => {
      await kubectl(node(), 'apply', '-k', 'config/network');
      for (const client of strangers) await reaches(client, metrics, false);
      await reaches(prometheus, metrics);
      expect(await read(node(), prometheus, `http://${metrics[0]?.address}:8080/metrics`)).toMatch(
        /^leader_election_master_status\{name="ringfence-operator"\} 1$/m,
      );
    });

    test('it reaches the ports of an API server, and no other', async () => {
      await reaches(operator, others, false);
      await reaches(operator, [...api, onPort443]);
      await mends();
    });

    test('it reaches the API server alone where its addresses are named', async () => {
      const path = '/apis/networking.k8s.io/v1/namespaces/ringfence-system/networkpolicies/operator-egress';
      const { spec } = await cluster.api.json<{ spec: { egress: readonly [{ ports: object }] } }>(
        'GET',
        path,
      );
      const to = api.map(({ address }) => ({ ipBlock: { cidr: `${address}/32` } }));
      await cluster.api.json('PATCH', path, { spec: { egress: [{ ...spec.egress[0], to }] } });
      await reaches(operator, [...others, onPort443], false);
      await reaches(operator, api);
      await mends();
    });
  });

  test('is replaced by a rollout, during which and after which it works', async () => {
    const before = await theOperator();
    await kubectl(node(), 'rollout', 'restart', ...deployment);
    let isRunning = true;
    const rollout = kubectl(node(), 'rollout', 'status', '--timeout=180s', ...deployment).finally(() => {
      isRunning = false;
    });
    do await mends();
    while (isRunning);
    await rollout;
    const after = await theOperator();
    expect(after.metadata.name).not.toBe(before.metadata.name);
    await cluster.eventually('the new one has the lease', async () =>
      (await cluster.find<{ spec: { holderIdentity: string } }>(leasePath))?.spec.holderIdentity.startsWith(
        `${after.metadata.name}_`,
      ),
    );
    await mends();
    expect(after.status.containerStatuses).toMatchObject([{ restartCount: 0 }]);
  });

  if (isFull)
    test('is one of two with config/ha, and a rollout replaces both while nobody waits for a lease to run out', async () => {
      await kubectl(node(), 'apply', '--validate=strict', '-k', 'config/ha');
      await kubectl(node(), 'rollout', 'status', '--timeout=180s', ...deployment);
      await kubectl(node(), 'rollout', 'restart', ...deployment);
      let isRunning = true;
      const rollout = kubectl(node(), 'rollout', 'status', '--timeout=180s', ...deployment).finally(() => {
        isRunning = false;
      });
      let longestMs = 0;
      // Each time in another namespace: what is undone again and again is contested, and left alone for a while.
      for (let round = 0; isRunning; round += 1) {
        const name = `healed-${round}`;
        await cluster.createNamespace(name, appNamespace);
        await cluster.policiesAre(name, [denyIngress]);
        await cluster.deletePolicy(name, denyIngress);
        const deleted = performance.now();
        await cluster.policiesAre(name, [denyIngress]);
        longestMs = Math.max(longestMs, performance.now() - deleted);
      }
      await rollout;
      expect(longestMs).toBeLessThan(15_000);
      await kubectl(node(), 'scale', '--replicas=1', ...deployment);
      await theOperator();
      await mends();
    });

  test('is started again by its kubelet when it has been killed, and works', async () => {
    const { metadata } = await theOperator();
    await node().killPod(keyOf(await theOperator()));
    await mends();
    const after = await theOperator();
    expect(after.metadata.uid).toBe(metadata.uid);
    expect(after.status.containerStatuses).toMatchObject([
      { restartCount: 1, lastState: { terminated: { exitCode: 137 } } },
    ]);
  });

  describe('during an outage of the API server', () => {
    /** What a probe of the kubelet is answered, from where that comes; nothing while no process listens. */
    const health = (pod: OperatorPod, page: string) =>
      read(node(), undefined, `http://${pod.status.podIP}:8080${page}`).catch(() => undefined);

    /** When the operator's process was started. */
    const startOf = async (pod: OperatorPod) =>
      /^process_start_time_seconds (.+)$/m.exec((await health(pod, '/metrics')) ?? '')?.[1];

    const becomes = (pod: OperatorPod, what: string, isRight: (ready: string) => boolean) =>
      cluster.eventually(`it is alive and ${what}`, async () => {
        const [live, ready] = [await health(pod, '/livez'), await health(pod, '/readyz')];
        return live === 'ok\n' && ready !== undefined && isRight(ready);
      });
    const isReady = (pod: OperatorPod) => becomes(pod, 'ready', (ready) => ready === 'ok\n');
    const isNotReady = (pod: OperatorPod) => becomes(pod, 'not ready', (ready) => ready !== 'ok\n');

    /** It has lost the lease by then, has ended for that, and was started again without an API server. */
    const isStartedAgain = async (pod: OperatorPod) => {
      const before = await startOf(pod);
      await cluster.eventually('it is started again', async () => {
        const now = await startOf(pod);
        return now !== undefined && now !== before;
      });
      await isNotReady(pod);
    };

    const signal = (name: 'STOP' | 'CONT') =>
      `for process in /proc/[0-9]*; do case $(cat $process/comm) in kube-apiserver) kill -${name} \${process#/proc/};; esac; done`;
    const send = async (name: 'STOP' | 'CONT') => await node().run('ring-1', 'sh', '-c', signal(name));

    const outages = [
      {
        name: 'that is gone',
        begin: () => node().controlPlane.killApiServer(),
        end: () => node().controlPlane.startApiServer(),
        until: isNotReady,
      },
      {
        name: 'that is gone for longer than the lease lasts',
        begin: () => node().controlPlane.killApiServer(),
        end: () => node().controlPlane.startApiServer(),
        until: isStartedAgain,
      },
      {
        name: 'that answers nothing for longer than the lease lasts',
        begin: () => send('STOP'),
        end: () => send('CONT'),
        until: isStartedAgain,
      },
    ] as const;

    test.each(isFull ? outages : outages.slice(0, 1))(
      '$name, it is alive and not ready; afterwards it works',
      async ({ begin, end, until }) => {
        const pod = await theOperator();
        await isReady(pod);
        await begin();
        try {
          await until(pod);
        } finally {
          await end();
        }
        await isReady(pod);
        await mends();
        expect((await theOperator()).metadata.uid).toBe(pod.metadata.uid);
      },
    );
  });
});

/** Reads a page by HTTP from the network of a pod, or of the machine. @returns its text, whatever its status is */
async function read(node: RingNode, pod: PodKey | undefined, url: string): Promise<string> {
  const [machine = ''] = node.names;
  const words = pod === undefined ? node.enter(machine) : await node.enterPod(pod);
  const program = 'fetch(process.argv[1]).then(async (page) => process.stdout.write(await page.text()))';
  const [command = '', ...args] = [...words, process.execPath, '--eval', program, url];
  return (await run(command, args)).stdout;
}
