// The path at which a server serves a kind: several versions of its API may be tried, the newest first.
// Must not know how a path is requested.

/** A kind by its paths. */
export interface Paths {
  /** The path of the newest version. */
  readonly path: string;
  /** The paths of older versions, the newest first; if unset: there are none that matter. */
  readonly olderPaths?: readonly string[];
}

/** The paths of a kind, the newest version first. */
export function pathsOf({ path, olderPaths = [] }: Paths): readonly string[] {
  return [path, ...olderPaths];
}

/** The current path, and the next one if the server does not know it. */
export class ServedPath {
  readonly #paths: readonly string[];
  #at = 0;
  #missed = 0;

  constructor(paths: Paths) {
    this.#paths = pathsOf(paths);
  }

  get current(): string {
    return this.#paths[this.#at] ?? '';
  }

  /** The server knows the current path. */
  found(): void {
    this.#missed = 0;
  }

  /** The server may know other paths by now: those that were tried before count no longer. */
  doubt(): void {
    this.#missed = 0;
  }

  /**
   * The server does not know the current path: the next one becomes current, and after the oldest the newest again.
   *
   * @returns whether there is a path that was not tried since the server last knew one; if not, it does not have the kind
   */
  miss(): boolean {
    this.#missed += 1;
    const isKnowable = this.#missed < this.#paths.length;
    this.#at = isKnowable ? (this.#at + 1) % this.#paths.length : 0;
    if (!isKnowable) this.#missed = 0;
    return isKnowable;
  }
}

/** `gateway.networking.k8s.io/v1` for a path in that version, `v1` for one in the core group. */
export function apiVersionOf(path: string): string {
  const [, core, named] = /^\/(?:api\/([^/]+)|apis\/([^/]+\/[^/]+))\//.exec(path) ?? [];
  return core ?? named ?? '';
}
