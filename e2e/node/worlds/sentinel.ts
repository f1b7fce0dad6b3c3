// Knows by packets when an enforcer and kube-proxy have taken in everything that was written before: a policy, a label of a pod, a label of
// a namespace and a Service are written last, and connections need all of them. No time is waited for.
import { patienceMs, poll } from '../../control-plane/poll.ts';
import type { RingNode } from '../node.ts';
import { startPods } from '../pods.ts';

const namespace = 'sentinel';
const root = `/api/v1/namespaces/${namespace}`;
const policiesPath = `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`;
/** A round opens a port that was closed for some rounds, so that what is left of the last round shows nothing. */
const ports = [4000, 4001, 4002, 4003] as const;

/** The pods and policies that show it, on each node. */
export class Sentinel {
  readonly #node: RingNode;
  #servers: readonly string[] = [];
  #round = 0;

  constructor(node: RingNode) {
    this.#node = node;
  }

  /** Makes the objects that stay. */
  async start(): Promise<void> {
    const { api, names } = this.#node;
    await api.json('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
    await api.json('POST', policiesPath, {
      metadata: { name: 'closed' },
      spec: { podSelector: { matchLabels: { role: 'server' } }, policyTypes: ['Ingress'] },
    });
    const pods = names.flatMap(
      (machine, index) =>
        [
          {
            key: `${namespace}/server-${index}`,
            labels: { role: 'server' },
            listen: ports.map((port) => `tcp:${port}`),
            machine,
          },
          { key: `${namespace}/client-${index}`, machine },
        ] as const,
    );
    const running = await startPods(this.#node, pods);
    this.#servers = pods.flatMap(({ key }) =>
      key.includes('server') ? (running.get(key)?.addresses[0] ?? []) : [],
    );
  }

  /** Waits until what was written before this call is in force on every node. @returns how long that took, in milliseconds */
  async allInForce(): Promise<number> {
    const started = performance.now();
    const { api, names } = this.#node;
    // Not at the end of the last round: what an enforcer does for a change must not meet the connections of a test.
    if (this.#round > 0)
      for (const path of [policiesPath, `${root}/services`])
        await api.text('DELETE', `${path}/round-${this.#round}`);
    const round = ++this.#round;
    const port = ports[round % ports.length] ?? ports[0];
    const labels = { round: `${round}` };
    await api.json('PATCH', `/api/v1/namespaces/${namespace}`, { metadata: { labels } });
    for (const index of names.keys())
      await api.json('PATCH', `${root}/pods/client-${index}`, { metadata: { labels } });
    const { spec } = await api.json<{ spec: { clusterIP: string } }>('POST', `${root}/services`, {
      metadata: { name: `round-${round}` },
      spec: { selector: { role: 'server' }, ports: [{ port: 80, targetPort: port }] },
    });
    const from = [{ namespaceSelector: { matchLabels: labels }, podSelector: { matchLabels: labels } }];
    await api.json('POST', policiesPath, {
      metadata: { name: `round-${round}` },
      spec: {
        podSelector: { matchLabels: { role: 'server' } },
        policyTypes: ['Ingress'],
        ingress: [{ from, ports: [{ port }] }],
      },
    });
    const targets = [
      ...this.#servers.map((address) => ({ address, port })),
      { address: spec.clusterIP, port: 80 },
    ].map((target) => ({ ...target, timeoutMs: 500 }));
    await poll(
      async () => {
        const attempts = await Promise.all(
          names.keys().map((index) => this.#node.probe(`${namespace}/client-${index}`, targets)),
        );
        return attempts.flat().every(({ outcome }) => outcome === 'reached');
      },
      {
        everyMs: 50,
        expired: () =>
          new Error(`the enforcer does not follow: after ${patienceMs} ms round ${round} is not in force`),
      },
    );
    return performance.now() - started;
  }
}
