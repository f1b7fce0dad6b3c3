// The ends of a connection as answers name them, and their order.
// Must not know how an answer is found.
import { compareKeys, compareText, formatKey, type ObjectKey } from '../model/object-key.ts';

/** One end of a connection: pods of a workload, or addresses outside of all pods. */
export type Endpoint = WorkloadEnd | AddressEnd;

/** A workload; where policies tell its pods apart, one end for each group of pods that are alike. */
export interface WorkloadEnd {
  readonly workload: ObjectKey & { readonly kind: string };
  /** The pods that are meant, sorted; absent where it is all of the workload. */
  readonly pods?: readonly string[];
}

/** The addresses of `cidr` that are neither in one of `except` nor those of a pod. */
export interface AddressEnd {
  /** Canonical, as in `10.0.0.0/8`. */
  readonly cidr: string;
  /** Disjoint CIDRs within `cidr`, in the order of addresses. */
  readonly except?: readonly string[];
}

/** Whether an end is pods, not addresses. */
export function isWorkload(end: Endpoint): end is WorkloadEnd {
  return 'workload' in end;
}

/** As in `shop/web`, `shop/mongo (mongo-0, mongo-1)`, `10.0.0.0/8 except 10.1.0.0/16`; kinds are left out. */
export function formatEndpoint(end: Endpoint): string {
  if (!isWorkload(end))
    return end.except === undefined ? end.cidr : `${end.cidr} except ${end.except.join(', ')}`;
  const key = formatKey(end.workload);
  return end.pods === undefined ? key : `${key} (${end.pods.join(', ')})`;
}

/** Orders workloads by namespace, name, kind and first pod. */
export function compareWorkloadEnds(a: WorkloadEnd, b: WorkloadEnd): number {
  return (
    compareKeys(a.workload, b.workload) ||
    compareText(a.workload.kind, b.workload.kind) ||
    compareText(a.pods?.[0] ?? '', b.pods?.[0] ?? '')
  );
}

/** Whether two ends are of one workload. */
export function isSameWorkload({ workload: a }: WorkloadEnd, { workload: b }: WorkloadEnd): boolean {
  return a.namespace === b.namespace && a.name === b.name && a.kind === b.kind;
}
