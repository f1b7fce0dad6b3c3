// Two real machines with an operator and a machine outside, where pods are brought and one scene after the other is tried with packets: what
// the tool says of the live cluster against what gets through. Must not know which scenes there are.

import type { AnalysisInput } from '../../../src/analyze/facts.ts';
import type { ObjectKey } from '../../../src/model/object-key.ts';
import { Cluster, type Manifest } from '../../cluster.ts';
import { poll } from '../../control-plane/poll.ts';
import { OperatorProcess } from '../../support/operator-process.ts';
import { apiServer, type Family, machineAddresses } from '../addresses.ts';
import type { Target as DialTarget, Outcome } from '../dialer.ts';
import type { WorkingEnforcer } from '../enforcers.ts';
import { type RingNode, startNode } from '../node.ts';
import { type AgentPod, startPods } from '../pods.ts';
import { type Difference, differencesOf, type Seen } from './comparison.ts';
import { connectInternet, type Internet } from './internet.ts';
import type { End, Port } from './matrix.ts';
import { type OutsideServer, type Probe, probesOf } from './probes.ts';
import { Sentinel } from './sentinel.ts';
import { type Scene, Stage } from './stage.ts';

/** What runs. */
export interface LabOptions {
  readonly enforcer: WorkingEnforcer;
  readonly family: Family;
}

/** The labs of the tests: kube-router can't do IPv6, see ../enforcers.ts. */
export const onIpv4: LabOptions = { enforcer: 'kube-router', family: 'ipv4' };
export const onBoth: LabOptions = { enforcer: 'kube-network-policies', family: 'dual' };

/** Pods from which connections are tried, and to them. */
export interface Troupe {
  /** Made if they are missing. */
  readonly namespaces: readonly string[];
  readonly pods: readonly AgentPod[];
  /** Objects that make more pods. */
  readonly makers?: readonly Manifest[];
  /** The ports on which a pod answers; none for pods of others. */
  readonly portsOf: (pod: ObjectKey) => readonly Port[];
}

/** What was found in a scene. */
export interface Visit {
  readonly probes: number;
  /** How many connections got through. */
  readonly reached: number;
  /** Those that did what the tool says only when they were tried again, as they were at first. */
  readonly late: readonly Difference[];
  readonly differences: readonly Difference[];
  /** In milliseconds: until the operator had written all, from then until the enforcer followed, and the probes. */
  readonly took: Readonly<Record<'operator' | 'enforcer' | 'probes', number>>;
}

/** How often a connection that does not do what the tool says is tried again, each time with more time. */
const retries = [2000, 5000, 10_000, 10_000];
/**
 * How many connections a pod tries at the same time. kube-network-policies looks at each packet by itself, and lets pass what its queue of
 * 1,024 has no place for (`--fail-open`, its default).
 */
const atOnce = { 'kube-router': 24, 'kube-network-policies': 12 } as const;

/** A running lab. `await using` stops it. */
export class Lab implements AsyncDisposable {
  readonly #options: LabOptions;
  readonly #node: RingNode;
  readonly #cluster: Cluster;
  readonly #internet: Internet;
  readonly #sentinel: Sentinel;
  readonly #stage: Stage;
  readonly #operator: OperatorProcess;
  #troupe: Troupe = { namespaces: [], pods: [], portsOf: () => [] };

  private constructor(options: LabOptions, { node, cluster, internet, sentinel, stage, operator }: Parts) {
    this.#options = options;
    this.#node = node;
    this.#cluster = cluster;
    this.#internet = internet;
    this.#sentinel = sentinel;
    this.#stage = stage;
    this.#operator = operator;
  }

  /** Starts two machines with everything on them. */
  static async start(options: LabOptions): Promise<Lab> {
    const node = await startNode({ ...options, nodes: 2 });
    try {
      const cluster = new Cluster(node.controlPlane);
      const stage = new Stage(cluster);
      const sentinel = new Sentinel(node);
      await cluster.installCrds();
      const internet = await connectInternet(node, options.family);
      await sentinel.start();
      const operator = await OperatorProcess.start({ kubeconfig: await cluster.operatorKubeconfig() });
      return new Lab(options, { node, cluster, internet, sentinel, stage, operator });
    } catch (error) {
      await node.stop();
      throw error;
    }
  }

  /** The names of the machines. */
  get machines(): readonly string[] {
    return this.#node.names;
  }

  /** Brings pods in place of those that are there. */
  async bring(troupe: Troupe): Promise<void> {
    if (troupe === this.#troupe) return;
    const { api } = this.#node;
    const old = this.#troupe.pods.map(({ key }) => `/api/v1/namespaces/${key.replace('/', '/pods/')}`);
    await Promise.all(old.map((path) => api.text('DELETE', path)));
    for (const path of old)
      await this.#cluster.eventually(
        `${path} is gone`,
        async () => (await this.#cluster.find(path)) === undefined,
      );
    for (const name of troupe.namespaces)
      if ((await this.#cluster.find(`/api/v1/namespaces/${name}`)) === undefined)
        await this.#cluster.createNamespace(name);
    await startPods(this.#node, troupe.pods);
    for (const maker of troupe.makers ?? []) await this.#stage.create(maker);
    await allRunning(this.#node);
    this.#troupe = troupe;
  }

  /** Makes a scene in place of the last one, waits until it is in force, and tries all connections in it. */
  async visit(scene: Scene): Promise<Visit> {
    const started = performance.now();
    await this.#stage.replace(scene);
    const { facts } = await this.#stage.settled();
    const written = performance.now();
    await this.#sentinel.allInForce();
    const followed = performance.now();
    const families = this.#options.family === 'dual' ? ([4, 6] as const) : ([4] as const);
    const found: Tried[] = [];
    for (const family of families) found.push(await this.#try(facts, family));
    const sum = (of: (each: Tried) => number) => found.reduce((total, each) => total + of(each), 0);
    return {
      probes: sum(({ probes }) => probes),
      reached: sum(({ reached }) => reached),
      late: found.flatMap(({ late }) => late),
      differences: found.flatMap(({ differences }) => differences),
      took: {
        operator: written - started,
        enforcer: followed - written,
        probes: performance.now() - followed,
      },
    };
  }

  /** Ends everything, and returns when nothing is left of it. */
  async stop(): Promise<void> {
    this.#internet.close();
    await this.#operator.stop();
    await this.#node.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #try(facts: AnalysisInput, family: 4 | 6): Promise<Tried> {
    const circumstances = { facts, family, enforcer: this.#options.enforcer };
    const { portsOf } = this.#troupe;
    const probes = probesOf(
      {
        facts,
        isClient: (pod) => portsOf(pod).length > 0,
        portsOf,
        outside: [...this.#internet.servers, ...this.#machineServers()],
        outsideClients: this.#internet.clients,
      },
      family,
    );
    const results = new Map<Probe, Seen>();
    const ask = async (some: readonly Probe[], timeoutMs: number) => {
      for (const [probe, seen] of await this.#dial(some, timeoutMs)) results.set(probe, seen);
    };
    const list = () => [...results].map(([probe, seen]) => ({ probe, seen }));
    await ask(probes, 1000);
    const first = differencesOf(list(), circumstances);
    let differences = first;
    for (const timeoutMs of retries) {
      const unexplained = differences.filter(({ faults }) => faults.length === 0);
      if (unexplained.length === 0) break;
      await ask(
        unexplained.map(({ probe }) => probe),
        timeoutMs,
      );
      differences = differencesOf(list(), circumstances);
    }
    const reached = results
      .values()
      .filter((seen) => seen === 'reached')
      .toArray().length;
    const still = new Set(differences.map(({ probe }) => probe));
    const late = first.filter(({ probe }) => !still.has(probe));
    return { probes: probes.length, reached, late, differences };
  }

  /** Tries connections, those of each source beside those of the others. */
  async #dial(probes: readonly Probe[], timeoutMs: number): Promise<readonly (readonly [Probe, Seen])[]> {
    const bySource = Map.groupBy(probes, ({ from }) => sourceOf(from));
    const answers = await Promise.all(
      [...bySource].map(async ([source, own]) => {
        const dialer = source === 'outside' ? this.#internet.dialer : await this.#node.dialer(source);
        const seen: (readonly [Probe, Seen])[] = [];
        const step = atOnce[this.#options.enforcer];
        for (let first = 0; first < own.length; first += step) {
          const batch = own.slice(first, first + step).map(async (probe) => {
            const { outcome } = await dialer.dial(dialTarget(probe, timeoutMs));
            return [probe, seenAs(outcome)] as const;
          });
          seen.push(...(await Promise.all(batch)));
        }
        return seen;
      }),
    );
    return answers.flat();
  }

  /** What the machines themselves serve. */
  #machineServers(): readonly OutsideServer[] {
    const { family } = this.#options;
    const tcp = (number: number): Port => ({ protocol: 'TCP', number });
    const api = { address: apiServer.address, port: tcp(apiServer.port) };
    const kubelets = this.#node.names.flatMap((_, index) =>
      machineAddresses(index + 1, family).addresses.map((address) => ({
        ...{ name: `kubelet of machine ${index + 1}`, address, port: tcp(10250) },
      })),
    );
    return [
      ...kubelets,
      { name: 'API server', ...api },
      { name: 'Service of the API server', address: '10.96.0.1', port: tcp(443), behind: api },
    ];
  }
}

type Tried = Omit<Visit, 'took'>;

interface Parts {
  readonly node: RingNode;
  readonly cluster: Cluster;
  readonly internet: Internet;
  readonly sentinel: Sentinel;
  readonly stage: Stage;
  readonly operator: OperatorProcess;
}

interface StoredPod {
  readonly status: {
    readonly podIP?: string;
    readonly containerStatuses?: readonly { readonly started?: boolean }[];
  };
}

/** Waits until every pod runs. */
async function allRunning({ api }: RingNode): Promise<void> {
  const runs = ({ status: { podIP, containerStatuses = [] } }: StoredPod) =>
    podIP !== undefined &&
    containerStatuses.length > 0 &&
    containerStatuses.every(({ started }) => started === true);
  await poll(
    async () => {
      const { items } = await api.json<{ items: readonly StoredPod[] }>('GET', '/api/v1/pods');
      return items.length > 0 && items.every(runs);
    },
    {
      everyMs: 200,
      expired: async () => new Error(`pods do not start: ${await api.text('GET', '/api/v1/pods')}`),
    },
  );
}

function sourceOf(from: End): `${string}/${string}` | 'outside' {
  return 'pod' in from ? `${from.pod.namespace}/${from.pod.name}` : 'outside';
}

function dialTarget({ address, port: { protocol, number } }: Probe, timeoutMs: number): DialTarget {
  return { address, port: number, protocol: protocol === 'TCP' ? 'tcp' : 'udp', timeoutMs };
}

function seenAs(outcome: Outcome): Seen {
  if (outcome === 'reached') return 'reached';
  return outcome === 'refused' ? 'refused' : 'timeout';
}
