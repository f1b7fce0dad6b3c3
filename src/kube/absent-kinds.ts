// Looks for kinds that the cluster does not have, with one request for all of them: the server's discovery document tells which kinds
// it serves. Must not know any kind, nor what happens when one appears.
import type { ApiClient } from './api-client.ts';
import { doubledMs } from './backoff.ts';
import { type Paths, pathsOf } from './served-path.ts';

/** A kind that has just disappeared is often about to come back; one that is never installed is looked for once a minute. */
const delays = { baseMs: 5_000, capMs: 60_000 } as const;

/** Aggregated discovery (KEP-3352) names kinds; a server without it answers with the names of groups and versions. */
const accept =
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json';

/** One who waits for a kind. */
interface Waiter {
  readonly kind: Paths;
  /** When to look, by `performance.now()`. */
  readonly due: number;
  readonly told: (mayBeServed: boolean) => void;
}

/** Looks for kinds on behalf of all who wait for one. */
export class AbsentKinds {
  readonly #client: ApiClient;
  readonly #waiters = new Set<Waiter>();
  #timer: NodeJS.Timeout | undefined;

  constructor(client: ApiClient) {
    this.#client = client;
  }

  /**
   * Waits for the next look, which may be one for another kind.
   *
   * @param absences how often in a row this kind was not found, 1 or more: the longer it has been absent, the less often it is looked for
   * @param signal ends the wait
   * @returns whether the server may have the kind now: also true if the server could not tell, false after `signal`
   */
  async nextLook(kind: Paths, absences: number, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return false;
    const due = performance.now() + delayMs(absences);
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const waiter: Waiter = { kind, due, told: resolve };
    const give = () => resolve(false);
    signal.addEventListener('abort', give, { once: true });
    this.#waiters.add(waiter);
    this.#schedule();
    try {
      return await promise;
    } finally {
      signal.removeEventListener('abort', give);
      this.#waiters.delete(waiter);
      this.#schedule();
    }
  }

  /** There is a timer for the first who is due, and none while nobody waits. */
  #schedule(): void {
    clearTimeout(this.#timer);
    if (this.#waiters.size === 0) return;
    const due = Math.min(...[...this.#waiters].map((waiter) => waiter.due));
    this.#timer = setTimeout(() => void this.#look(), Math.max(0, due - performance.now()));
  }

  async #look(): Promise<void> {
    // Who comes later waits for the next look: a kind may disappear while this one is answered.
    const waiters = [...this.#waiters];
    this.#waiters.clear();
    const mayServe = await this.#served();
    for (const { kind, told } of waiters) told(pathsOf(kind).some(mayServe));
  }

  async #served(): Promise<(path: string) => boolean> {
    try {
      return servedBy(await this.#client.request('GET', '/apis', { accept }));
    } catch {
      // Who waits then asks for the kind itself, and finds out why.
      return () => true;
    }
  }
}

/** At random a little sooner or later, so that many operators don't ask at once. */
function delayMs(absences: number): number {
  return doubledMs(absences, delays) * (0.9 + Math.random() / 5);
}

/** What the two forms of the discovery document have in common with each other, and no more. */
interface Discovery {
  readonly kind?: string;
  /** Of an `APIGroupDiscoveryList`. */
  readonly items?: readonly {
    readonly metadata?: { readonly name?: string };
    readonly versions?: readonly {
      readonly version?: string;
      readonly resources?: readonly { readonly resource?: string }[];
    }[];
  }[];
  /** Of an `APIGroupList`. */
  readonly groups?: readonly { readonly versions?: readonly { readonly groupVersion?: string }[] }[];
}

/** Whether a path is served, by a discovery document. */
function servedBy(answer: object): (path: string) => boolean {
  const { kind, items = [], groups = [] }: Discovery = answer;
  if (kind === 'APIGroupDiscoveryList') {
    const paths = items.flatMap(({ metadata, versions = [] }) =>
      versions.flatMap(({ version, resources = [] }) =>
        resources.map(({ resource }) => `/apis/${metadata?.name}/${version}/${resource}`),
      ),
    );
    const served = new Set(paths);
    return (path) => served.has(path);
  }
  const versions = groups.flatMap(({ versions = [] }) => versions.flatMap((each) => each.groupVersion ?? []));
  return (path) => versions.some((each) => path.startsWith(`/apis/${each}/`));
}
