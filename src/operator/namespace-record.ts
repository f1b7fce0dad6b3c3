// The last result for a namespace: statuses, Events and metrics are made from it.
// Must not know how it came about.
import type { Finding } from '../model/findings.ts';
import type { Failure } from '../plan/failure.ts';
import type { RouteCount } from '../plan/route-counts.ts';
import type { PlatformFacts } from '../view/cluster-view.ts';

/** The states of a namespace. */
export const namespaceStates = [
  /** Not an application namespace. */
  'Outside',
  /** Not ringed, because the profile says Off. */
  'Off',
  /** Compiled, and nothing written. */
  'DryRun',
  /** Its policies are written. */
  'Enforced',
  /** A live namespace is being closed or opened. */
  'Changing',
  /** Its policies can't be written. */
  'Failing',
] as const;

/** The state of a namespace. */
export type NamespaceState = (typeof namespaceStates)[number];

/** The last result for one namespace. */
export interface NamespaceRecord {
  readonly uid: string;
  readonly state: NamespaceState;
  /** The spec of the platform profile that it was made from: see `specIdentity`. */
  readonly madeFrom: string;
  /** How many policies there are, or would be in a dry run. */
  readonly policies: number;
  readonly findings: readonly Finding[];
  readonly routes: readonly RouteCount[];
  /** Why it is Failing. */
  readonly failure: Failure | undefined;
}

/** A text that is equal for the same spec of a profile: the generation of a recreated profile starts with 1 again. */
export function specIdentity({ uid, generation }: PlatformFacts): string {
  return `${uid}/${generation}`;
}
