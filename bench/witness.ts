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
}

/** One wait at a time: a benchmark does one thing at a time. */
interface Waiter {
  readonly look: () => number | undefined;
  readonly resolve: (at: number) => void;
  readonly reject: (error: unknown) => void;
}

/** An independent watch of policies. */
export class Witness {
  readonly #byNamespace = new Map<string, Map<string, Sighting>>();
  readonly #created = new Map<string, number>();
  #waiter: Waiter | undefined;
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
  async complete(namespace: string, count: number): Promise<number> {
    return this.#until(`${namespace} has ${count} policies`, () => {
      const policies = this.policiesOf(namespace);
      return policies.length < count ? undefined : Math.max(...policies.map(({ at }) => at));
    });
  }

  /** Waits until so many policies came in namespaces of this family (see `familyOf`). Returns when the last came. */
  async allOf(family: string, count: number): Promise<number> {
    return this.#until(`${count} policies in ${family}-*`, () =>
      (this.#created.get(family) ?? 0) < count ? undefined : performance.now(),
    );
  }

  /** Waits until a policy that was deleted is there again. Returns when it came. */
  async again({ namespace, name, uid }: Sighting): Promise<number> {
    return this.#until(`${namespace}/${name} is there again`, () => {
      const now = this.#byNamespace.get(namespace)?.get(name);
      return now === undefined || now.uid === uid ? undefined : now.at;
    });
  }

  async #until(what: string, look: () => number | undefined): Promise<number> {
    if (this.#failure !== undefined) throw this.#failure;
    const at = look();
    if (at !== undefined) return at;
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<number>((resolve, reject) => {
        timer = setTimeout(() => reject(new Error(`not in ${patienceMs} ms: ${what}`)), patienceMs);
        this.#waiter = { look, resolve, reject };
      });
    } finally {
      clearTimeout(timer);
      this.#waiter = undefined;
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
        const at = this.#waiter?.look();
        if (at !== undefined) this.#waiter?.resolve(at);
      }
    }
  }

  #take(type: string, { metadata }: RawObject): void {
    const { namespace = '', name, uid } = metadata;
    const siblings = this.#byNamespace.get(namespace) ?? new Map<string, Sighting>();
    this.#byNamespace.set(namespace, siblings);
    if (type === 'DELETED') {
      if (siblings.get(name)?.uid === uid) siblings.delete(name);
    } else if (type === 'ADDED') {
      siblings.set(name, { namespace, name, uid, at: performance.now() });
      const family = familyOf(namespace);
      this.#created.set(family, (this.#created.get(family) ?? 0) + 1);
    }
  }

  #fail(error: unknown): void {
    this.#failure = error;
    this.#waiter?.reject(error);
  }
}

/** Namespaces that are made for one purpose differ in the number at their end: `burst-1-499` is one of `burst-1`. */
export function familyOf(namespace: string): string {
  return namespace.replace(/-\d+$/, '');
}
