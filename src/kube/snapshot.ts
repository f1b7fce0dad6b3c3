// What a list of a kind says against what is known of it: of which objects an event was lost. Pure: it decides, and asks nobody.
//
// A list is a picture of one version. What is known to be newer than that version, the list can't tell anything about. Anything
// else has to be as listed as soon as the watch has told of all that happened up to that version.
import { formatKey, type ObjectKey } from '../model/object-key.ts';
import { compareVersions, type Identified, type Versioned } from './store.ts';

/** An object that is known in another state than listed. */
export interface Suspect {
  readonly key: ObjectKey;
  /** Absent where it was not listed. */
  readonly listed: Identified | undefined;
}

/** A list of a kind, page by page, of which only the names and what differs are kept. */
export class Snapshot {
  readonly version: Versioned;
  readonly #listed = new Set<string>();

  /** @param resourceVersion of the list */
  constructor(resourceVersion: string) {
    this.version = { resourceVersion };
  }

  /** Takes in one listed object. Returns what is suspect about it. */
  take(listed: Identified, known: Identified | undefined): Suspect | undefined {
    this.#listed.add(formatKey(listed));
    return this.#suspect({ key: listed, listed }, known);
  }

  /** When the list is complete: what is suspect about an object that is known. */
  check(known: Identified): Suspect | undefined {
    if (this.#listed.has(formatKey(known))) return undefined;
    return this.#suspect({ key: known, listed: undefined }, known);
  }

  /** Whether what is known now still contradicts the list. */
  contradicts({ listed }: Suspect, known: Identified | undefined): boolean {
    if (known === undefined) return listed !== undefined;
    if (compareVersions(known, this.version) > 0) return false;
    return !isSameState(listed, known);
  }

  #suspect(suspect: Suspect, known: Identified | undefined): Suspect | undefined {
    return this.contradicts(suspect, known) ? suspect : undefined;
  }
}

/** Whether two are the same state of the same object, or both none. */
export function isSameState(a: Identified | undefined, b: Identified | undefined): boolean {
  return a?.uid === b?.uid && a?.resourceVersion === b?.resourceVersion;
}

/**
 * Whether an event was lost, judged by what the server has now.
 *
 * @param suspect contradicts what was known, although the watch had told of all that happened up to the list
 * @param known what was known
 * @param stored what the server had after that
 */
export function isLost(
  { listed }: Suspect,
  known: Identified | undefined,
  stored: Identified | undefined,
): boolean {
  // What is not known may have been deleted since the list, and created anew: the watch tells of both.
  if (known === undefined) return stored !== undefined && stored.uid === listed?.uid;
  return !isSameState(known, stored);
}
