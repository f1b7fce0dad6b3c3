// Sees every NetworkPolicy of one API server come and go, by a watch of its own, and notes when.
// Must not know who writes them: no contender is asked whether it has done its work.
import type { ApiClient } from '../src/kube/api-client.ts';
import type { RawObject } from '../src/kube/resource.ts';

const path = '/apis/networking.k8s.io/v1/networkpolicies';
const idleMs = 150_000;
const patienceMs = 60_000;

/** A policy as the witness saw it last. */
export interface Sighting {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** When the witness saw it come, by `performance.now()`, in milliseconds. */
  readonly at: number;
  /** When the witness last saw it come or change. */
  readonly changedAt: number;
}

/** What happens to policies, as a watch names it. */
type EventType = 'ADDED' | 'MODIFIED' | 'DELETED';

/** Which policies are meant: those of these names, or of any, in namespaces of this family (see `familyOf`). */
export interface PolicyFamily {
  readonly family: string;
  readonly names?: readonly string[];
}

interface Waiter {
  readonly look: () => number | undefined;
  readonly resolve: (at: number) => void;
  readonly reject: (error: unknown) => void;
}

/** An independent watch of policies. */
export class Witness {
  readonly #byNamespace = new Map<string, Map<string, Sighting>>();
  /** By type of event, family and name. */
  readonly #tallies = new Map<string, number>();
  readonly #waiters = new Set<Waiter>();
  #failure: unknown;

  /** Begins to watch, and returns when the API server has accepted the watch. */
  static async watch(client: ApiClient): Promise<Witness> {
    const witness = new Witness();
    await new Promise<void>((resolve, reject) => {
      witness.#run(client, resolve).catch((error: unknown) => {
        witness.#fail(error);
        reject(error);
      });
    });
    return witness;
  }

  /** The policies that a namespace has now. */
  policiesOf(namespace: string): readonly Sighting[] {
    return [...(this.#byNamespace.get(namespace)?.values() ?? [])];
  }

  /** Waits until a namespace has so many policies. Returns when the last of them came. */
  async complete(namespace: string, count: number, timeoutMs = patienceMs): Promise<number> {
    const look = () => {
      const policies = this.policiesOf(namespace);
      return policies.length < count ? undefined : Math.max(...policies.map(({ at }) => at));
    };
    return this.#until(`${namespace} has ${count} policies`, look, timeoutMs);
  }

  /** Waits until so many policies came in namespaces of this family (see `familyOf`). Returns when the last came. */
  async allOf(family: string, count: number): Promise<number> {
    return this.#until(`${count} policies in ${family}-*`, () =>
      (this.#tallies.get(tallyKey('ADDED', family)) ?? 0) < count ? undefined : performance.now(),
    );
  }

  /** How often this has happened until now, to any policy. */
  total(type: EventType): number {
    return this.#tallies.get(tallyKey(type)) ?? 0;
  }

  /** How often this has happened to policies until now; where there are several names, to the rarest. */
  tally(type: EventType, { family, names = [''] }: PolicyFamily): number {
    return Math.min(...names.map((name) => this.#tallies.get(tallyKey(type, family, name)) ?? 0));
  }

  /** Waits until this has happened so often to policies of each of the names. Returns when it did. */
  async tallied(type: EventType, policies: PolicyFamily, count: number, timeoutMs: number): Promise<number> {
    const what = `${type} ${policies.names?.join(', ') ?? 'policies'} in ${count} namespaces ${policies.family}-*`;
    const look = () => (this.tally(type, policies) < count ? undefined : performance.now());
    return this.#until(what, look, timeoutMs);
  }

  /** Waits until these policies of a namespace have come or changed since a moment. Returns when the last did. */
  async changed(
    namespace: string,
    names: readonly string[],
    since: number,
    timeoutMs: number,
  ): Promise<number> {
    const look = () => {
      const times = names.map((name) => this.#byNamespace.get(namespace)?.get(name)?.changedAt ?? 0);
      return Math.min(...times) < since ? undefined : Math.max(...times);
    };
    return this.#until(`${names.join(', ')} in ${namespace} changed`, look, timeoutMs);
  }

  /** Waits until a policy that was deleted is there again. Returns when it came. */
  async again({ namespace, name, uid }: Sighting): Promise<number> {
    return this.#until(`${namespace}/${name} is there again`, () => {
      const now = this.#byNamespace.get(namespace)?.get(name);
      return now === undefined || now.uid === uid ? undefined : now.at;
    });
  }

  async #until(what: string, look: () => number | undefined, timeoutMs = patienceMs): Promise<number> {
    if (this.#failure !== undefined) throw this.#failure;
    const at = look();
    if (at !== undefined) return at;
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const timer = setTimeout(() => reject(new Error(`not in ${timeoutMs} ms: ${what}`)), timeoutMs);
    const waiter = { look, resolve, reject };
    this.#waiters.add(waiter);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiters.delete(waiter);
    }
  }

  /** The API server ends a watch that reads too slowly in a burst: then this continues from its last version. */
  async #run(client: ApiClient, onOpen: () => void): Promise<void> {
    for (let resourceVersion: string | undefined; ; ) {
      const query = { watch: true, allowWatchBookmarks: true, timeoutSeconds: 7200, resourceVersion };
      for await (const line of client.lines(path, { query, idleMs, onOpen })) {
        const { type, object } = JSON.parse(line) as { type: string; object: RawObject };
        if (type === 'ERROR') throw new Error(`the watch of the benchmark failed: ${line}`);
        resourceVersion = object.metadata.resourceVersion;
        if (type !== 'BOOKMARK') this.#take(type, object);
        this.#tellWaiters();
      }
    }
  }

  #tellWaiters(): void {
    for (const { look, resolve } of this.#waiters) {
      const at = look();
      if (at !== undefined) resolve(at);
    }
  }

  #take(type: string, { metadata }: RawObject): void {
    const { namespace = '', name, uid } = metadata;
    const family = familyOf(namespace);
    for (const key of [tallyKey(type), tallyKey(type, family), tallyKey(type, family, name)])
      this.#tallies.set(key, (this.#tallies.get(key) ?? 0) + 1);
    const siblings = this.#byNamespace.get(namespace) ?? new Map<string, Sighting>();
    this.#byNamespace.set(namespace, siblings);
    const known = siblings.get(name);
    const now = performance.now();
    if (type === 'DELETED') {
      if (known?.uid === uid) siblings.delete(name);
    } else if (type === 'ADDED') siblings.set(name, { namespace, name, uid, at: now, changedAt: now });
    else if (known !== undefined) siblings.set(name, { ...known, changedAt: now });
  }

  #fail(error: unknown): void {
    this.#failure = error;
    for (const { reject } of this.#waiters) reject(error);
  }
}

/** Namespaces that are made for one purpose differ in the number at their end: `burst-1-499` is one of `burst-1`. */
export function familyOf(namespace: string): string {
  return namespace.replace(/-\d+$/, '');
}

/** Without a name: all policies of the family; without a family: all policies. */
function tallyKey(type: string, family = '', name = ''): string {
  return `${type} ${family} ${name}`;
}
