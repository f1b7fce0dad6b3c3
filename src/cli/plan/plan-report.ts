// What `plan` found out, as its formats print it.
// Must not know how it is printed.
import type { LintFinding } from '../snapshot/profile-findings.ts';
import type { WaitingRoute } from '../snapshot/waiting-routes.ts';
import type { Changes } from './difference.ts';
import type { NameEnds } from './messages.ts';

/** A plan, and what else its formats need. */
export interface PlanReport {
  readonly changes: Changes;
  /** The namespaces in which nothing changes because they are in a dry run, sorted. */
  readonly dryRun: readonly string[];
  /** By namespace, the routes of others that it does not let in afterwards. */
  readonly waiting: ReadonlyMap<string, readonly WaitingRoute[]>;
  /** The errors and warnings that are there only afterwards. */
  readonly findings: readonly LintFinding[];
  /** Names the ends of connections. */
  readonly nameEnds: NameEnds;
}
