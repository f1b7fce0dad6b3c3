// Why the canary's pods are not there, from what Kubernetes says of them: for people. Must not know what reports say.
import { canaryWorkloads } from './canary-objects.ts';

/** A Deployment or DaemonSet of the canary, as it is stored. */
export interface StoredWorkload {
  readonly kind: string;
  readonly name: string;
  /** How many pods there should be; absent as long as Kubernetes has not looked at a DaemonSet. */
  readonly wanted?: number;
  readonly ready: number;
}

/** A Warning about an object of the canary. */
export interface StoredWarning {
  /** The name of the object. */
  readonly about: string;
  readonly reason: string;
  readonly note: string;
  /** When it was seen last, in any format whose order is that of time. */
  readonly lastSeen: string;
}

const runners = canaryWorkloads.filter(({ kind }) => kind === 'Deployment' || kind === 'DaemonSet');

/** What keeps pods of the canary from running; `undefined` if all run. */
export function whyNotRunning(
  workloads: readonly StoredWorkload[],
  warnings: readonly StoredWarning[],
): string | undefined {
  for (const { kind, metadata } of runners) {
    const { name } = metadata;
    const found = workloads.find((each) => each.kind === kind && each.name === name);
    const what = `the ${kind} \`${name}\``;
    if (found === undefined) return `${what} is missing: apply \`config/canary\` again`;
    if (found.wanted === 0)
      return kind === 'DaemonSet'
        ? `${what} has no node to run on: look at its node selector, and at the taints of the nodes`
        : `${what} is scaled to 0: apply \`config/canary\` again`;
    if (found.wanted === undefined) return `${what} has no pod yet`;
    if (found.ready < found.wanted) {
      const why = newest(warnings.filter((each) => isAbout(each, name)))?.note;
      return `${what} has ${found.ready} of ${found.wanted} pods ready${why === undefined ? '' : `: ${why}`}`;
    }
  }
  return undefined;
}

/** Kubernetes calls the pods of a workload, and what makes them, like it, with more at the end. */
function isAbout({ about }: StoredWarning, workload: string): boolean {
  return about === workload || about.startsWith(`${workload}-`);
}

function newest(warnings: readonly StoredWarning[]): StoredWarning | undefined {
  return warnings
    .filter(({ reason }) => /^Failed|^BackOff$/.test(reason))
    .reduce<StoredWarning | undefined>(
      (last, each) => (last === undefined || each.lastSeen > last.lastSeen ? each : last),
      undefined,
    );
}
