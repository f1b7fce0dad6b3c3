// Compares a list of a kind with the cache: of which objects was an event lost? Pure: it decides, and asks nobody.
//
// A list shows one version. It says nothing about objects that the cache knows in a newer version. Every other object
// must match the list once the watch has reached that version.
import { formatKey, type ObjectKey } from '../model/object-key.ts';
import { compareVersions, type Identified, type Versioned } from './store.ts';

/** An object whose cached state differs from the listed one. */
export interface Suspect {
  readonly key: ObjectKey;
  /** Absent if it was not listed. */
  readonly listed: Identified | undefined;
}

/** A list of a kind, page by page, of which only the names and the differences are kept. */
export class Snapshot {
  readonly version: Versioned;
  readonly #listed = new Set<string>();

  /** @param resourceVersion of the list */
  constructor(resourceVersion: string) {
    this.version = { resourceVersion };
  }

  /** Adds one listed object. Returns what is suspicious about it. */
  add(listed: Identified, known: Identified | undefined): Suspect | undefined {
    this.#listed.add(formatKey(listed));
    return this.#suspect({ key: listed, listed }, known);
  }

  /** When the list is complete: what is suspicious about a cached object. */
  check(known: Identified): Suspect | undefined {
    if (this.#listed.has(formatKey(known))) return undefined;
    return this.#suspect({ key: known, listed: undefined }, known);
  }

  /** Whether the current cache still contradicts the list. */
  contradicts({ listed }: Suspect, known: Identified | undefined): boolean {
    if (known === undefined) return listed !== undefined;
    if (compareVersions(known, this.version) > 0) return false;
    return !isSameState(listed, known);
  }

  #suspect(suspect: Suspect, known: Identified | undefined): Suspect | undefined {
    return this.contradicts(suspect, known) ? suspect : undefined;
  }
}

/** Whether two are the same state of the same object, or both absent. */
export function isSameState(a: Identified | undefined, b: Identified | undefined): boolean {
  return a?.uid === b?.uid && a?.resourceVersion === b?.resourceVersion;
}

/**
 * Whether an event was lost, judged by the server's current state.
 *
 * @param suspect contradicted the cache although the watch had reached the version of the list
 * @param known the cached state
 * @param stored the server's state after that
 */
export function isLost(
  { listed }: Suspect,
  known: Identified | undefined,
  stored: Identified | undefined,
): boolean {
  // An object that is not cached may have been deleted since the list, and recreated: the watch reports both.
  if (known === undefined) return stored !== undefined && stored.uid === listed?.uid;
  return !isSameState(known, stored);
}
