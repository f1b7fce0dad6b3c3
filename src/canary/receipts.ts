// The reports as they come in, and how long ago each was news. The clocks of nodes may differ by an hour, so no time that a client wrote
// counts: a report is news if its number is higher than that of the one before, and its age is measured from when it was received. Only
// for the first one of a client that age is by the API server's clock. Must not know what a report means.
import type { CanaryReport } from './report.ts';

/** A report as it is stored. */
export interface StoredReport {
  /** The Lease, which is called like the pod. */
  readonly name: string;
  readonly node: string;
  readonly report: CanaryReport;
  /** How long ago it was written by the API server's clock, in milliseconds; absent if that is not known. */
  readonly ageMs?: number;
}

/** The last report of a client that was news, and since when it has been there, in milliseconds of a clock that never jumps. */
export interface Receipt {
  readonly node: string;
  readonly report: CanaryReport;
  readonly sinceMs: number;
}

/** By the name of the Lease. */
export type Receipts = ReadonlyMap<string, Receipt>;

/** What has come in now. Whoever puts back an older report refreshes nothing. */
export function receive(before: Receipts, stored: readonly StoredReport[], nowMs: number): Receipts {
  return new Map(
    stored.map(({ name, node, report, ageMs = 0 }) => {
      const known = before.get(name);
      if (known !== undefined && report.number <= known.report.number) return [name, known];
      return [name, { node, report, sinceMs: known === undefined ? nowMs - ageMs : nowMs }];
    }),
  );
}

/** How long the newest markers took that clients have reported since, in milliseconds. */
export function effectsSince(before: Receipts, now: Receipts): readonly number[] {
  return [...now].flatMap(([name, { report }]) => {
    const known = before.get(name);
    const { marker } = report;
    // Nobody knows when the first one that is seen of a client was reported.
    if (known === undefined || marker?.ms === undefined) return [];
    return marker.number === known.report.marker?.number ? [] : [marker.ms];
  });
}
