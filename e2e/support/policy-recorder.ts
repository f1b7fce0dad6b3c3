// Records every set of policies that a cluster goes through, one for each change, as a CNI would see them.
// Has a watch of its own: a test must not trust what it tests.

import type { StoredPolicy } from '../cluster.ts';
import type { ApiClient } from '../control-plane/api-client.ts';
import { poll } from '../control-plane/poll.ts';

/** The policies of a namespace at one moment, by name. */
export type PolicySet = ReadonlyMap<string, StoredPolicy>;

/** All policies at one moment, by `namespace/name`. */
export type PolicyState = ReadonlyMap<string, StoredPolicy>;

/** What a change led to. */
export interface RecordedState {
  /** `performance.now()`, when it was seen. */
  readonly at: number;
  /** For people, as in `DELETED shop/ringfence-dns`. */
  readonly change: string;
  /** The namespace whose policies changed; absent if all were listed. */
  readonly namespace?: string;
  readonly policies: PolicyState;
}

interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: StoredPolicy & { readonly metadata: { readonly annotations?: Record<string, string> } };
}

/** A running record of a whole cluster, or of one namespace. What changes while the API server is away is one state. */
export class PolicyRecorder implements Disposable {
  /** The states so far, the first one from before the first change. */
  readonly states: RecordedState[] = [];
  readonly #api: ApiClient;
  readonly #path: string;
  readonly #stop = new AbortController();
  #connection = new AbortController();
  #version: string | undefined;

  private constructor(api: ApiClient, namespace: string | undefined) {
    this.#api = api;
    this.#path = policiesPath(namespace);
  }

  /** Records from now on. */
  static async start(api: ApiClient, namespace?: string): Promise<PolicyRecorder> {
    const recorder = new PolicyRecorder(api, namespace);
    void recorder.#run();
    await recorder.#listed(0);
    return recorder;
  }

  /** The number of the newest state: what comes after it has a greater one. */
  get mark(): number {
    return this.states.length - 1;
  }

  /** Forgets all states but the newest. */
  forget(): void {
    this.states.splice(0, this.states.length - 1);
  }

  /** Waits until the record has come to what is stored now: it comes over a watch, which may be behind. */
  async caughtUp(): Promise<void> {
    const look = async () => {
      const { items } = await this.#api.json<{ items: StoredPolicy[] }>('GET', this.#path);
      const recorded = this.states.at(-1)?.policies.values() ?? [];
      return versionsOf(items) === versionsOf(recorded);
    };
    const expired = () => new Error(`the record of ${this.#path} does not come to what is stored`);
    await poll(look, { expired });
  }

  /** Lists anew, as after a restore of etcd, which a watch knows nothing of. */
  async restart(): Promise<void> {
    const before = this.states.length;
    this.#version = undefined;
    this.#connection.abort();
    await this.#listed(before);
  }

  stop(): void {
    this.#stop.abort();
    this.#connection.abort();
  }

  [Symbol.dispose](): void {
    this.stop();
  }

  async #listed(from: number): Promise<void> {
    const expired = () => new Error(`${this.#path} can't be listed`);
    const look = async () => this.states.slice(from).some(({ namespace }) => namespace === undefined);
    await poll(look, { everyMs: 10, expired });
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      this.#connection = new AbortController();
      // The API server may be away, and a watch ends now and then.
      await this.#watch(this.#connection.signal).catch(() => undefined);
      if (!this.#stop.signal.aborted) await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const from =
      this.#version === undefined
        ? 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan'
        : `resourceVersion=${this.#version}`;
    let listed = this.#version === undefined ? new Map<string, StoredPolicy>() : undefined;
    for await (const line of this.#api.lines(
      `${this.#path}?watch=true&allowWatchBookmarks=true&${from}`,
      signal,
    )) {
      const { type, object } = JSON.parse(line) as WatchEvent;
      if (type === 'ERROR') {
        this.#version = undefined;
        return;
      }
      if (listed === undefined) {
        this.#version = object.metadata.resourceVersion;
        if (type !== 'BOOKMARK') this.#change(type, object);
      } else if (type === 'BOOKMARK') {
        // It ends the list: that is one state, however many events it took.
        this.#add({ change: 'listed', policies: listed });
        this.#version = object.metadata.resourceVersion;
        listed = undefined;
      } else if (type === 'DELETED') {
        listed.delete(keyOf(object));
      } else {
        listed.set(keyOf(object), object);
      }
    }
  }

  #change(type: WatchEvent['type'], policy: StoredPolicy): void {
    const policies = new Map(this.states.at(-1)?.policies);
    if (type === 'DELETED') policies.delete(keyOf(policy));
    else policies.set(keyOf(policy), policy);
    this.#add({ change: `${type} ${keyOf(policy)}`, namespace: policy.metadata.namespace, policies });
  }

  #add(state: Omit<RecordedState, 'at'>): void {
    this.states.push({ at: performance.now(), ...state });
  }
}

/** A running record of one namespace. */
export interface NamespaceRecorder {
  /** The sets so far, the first one from before the first change. */
  readonly sets: readonly PolicySet[];
  /** When each set was seen, by `performance.now()`. */
  readonly times: readonly number[];
  /** The names of the policies in each set, sorted. */
  names(): readonly string[];
  /** Waits until the record has come to what is stored now. */
  caughtUp(): Promise<void>;
  stop(): void;
}

/** Records a namespace from now on. */
export async function recordPolicies(api: ApiClient, namespace: string): Promise<NamespaceRecorder> {
  const recorder = await PolicyRecorder.start(api, namespace);
  const sets = () =>
    recorder.states.map(
      ({ policies }): PolicySet =>
        new Map([...policies.values()].map((policy) => [policy.metadata.name, policy])),
    );
  return {
    get sets() {
      return sets();
    },
    get times() {
      return recorder.states.map(({ at }) => at);
    },
    names: () => sets().map((set) => [...set.keys()].sort().join(' ')),
    caughtUp: () => recorder.caughtUp(),
    stop: () => recorder.stop(),
  };
}

/** Records a namespace while something changes in it. */
export async function recordDuring(
  api: ApiClient,
  namespace: string,
  change: () => Promise<unknown>,
): Promise<NamespaceRecorder> {
  const recorder = await recordPolicies(api, namespace);
  try {
    await change();
    await recorder.caughtUp();
  } finally {
    recorder.stop();
  }
  return recorder;
}

/** The policies with their versions: equal if two sets are. */
function versionsOf(policies: Iterable<StoredPolicy>): string {
  return [...policies]
    .map(({ metadata }) => `${metadata.uid} ${metadata.resourceVersion}`)
    .sort()
    .join(', ');
}

function keyOf({ metadata: { namespace, name } }: StoredPolicy): string {
  return `${namespace}/${name}`;
}

function policiesPath(namespace: string | undefined): string {
  const place = namespace === undefined ? '' : `/namespaces/${namespace}`;
  return `/apis/networking.k8s.io/v1${place}/networkpolicies`;
}
