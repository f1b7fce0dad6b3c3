// The ends of a connection as answers name them, and their order.
// Must not know how an answer is found.
import { nameSome } from '../model/counted.ts';
import { compareRanges, type IpRange, parseAddress, parseMaskedCidr } from '../model/ip-ranges.ts';
import { compareKeys, compareText, formatKey, type ObjectKey } from '../model/object-key.ts';

/** One end of a connection: pods of a workload, or addresses outside of all pods. */
export type Endpoint = WorkloadEnd | AddressEnd;

/** A workload; if policies distinguish its pods, one end for each group of equal pods. */
export interface WorkloadEnd {
  readonly workload: ObjectKey & { readonly kind: string };
  /** The pods of the end, sorted; absent if it is the whole workload. */
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

/** How many pods and exceptions are named for people. */
const maxNames = 8;

/**
 * As in `shop/web`, `shop/mongo (mongo-0, mongo-1)`, `10.0.0.0/8 except 10.1.0.0/16`, `10.0.0.1`, for people: kinds are left
 * out, and long lists are cut.
 */
export function formatEndpoint(end: Endpoint): string {
  return format(end, maxNames);
}

/** The same for programs: nothing is cut. */
export function spellEndpoint(end: Endpoint): string {
  return format(end, Number.POSITIVE_INFINITY);
}

function format(end: Endpoint, most: number): string {
  if (isWorkload(end)) {
    const key = formatKey(end.workload);
    return end.pods === undefined ? key : `${key} (${nameSome(end.pods, most)})`;
  }
  if (end.except !== undefined) return `${end.cidr} except ${nameSome(end.except, most)}`;
  return end.cidr.replace(end.cidr.includes(':') ? /\/128$/ : /\/32$/, '');
}

/** A text that no other end has. */
export function endpointKey(end: Endpoint): string {
  if (!isWorkload(end)) return [end.cidr, ...(end.except ?? [])].join();
  const { kind, namespace, name } = end.workload;
  return [kind, namespace, name, ...(end.pods ?? [])].join();
}

/** Orders workloads by namespace, name, kind and first pod, then addresses by family and range. */
export function compareEnds(a: Endpoint, b: Endpoint): number {
  if (isWorkload(a) && isWorkload(b)) return compareWorkloadEnds(a, b);
  if (isWorkload(a) || isWorkload(b)) return isWorkload(a) ? -1 : 1;
  return compareRanges(readRange(a.cidr), readRange(b.cidr)) || compareText(endpointKey(a), endpointKey(b));
}

function compareWorkloadEnds(a: WorkloadEnd, b: WorkloadEnd): number {
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

/** Whether both ends are the same single pod: one without a workload, or one that policies distinguish from its siblings. */
export function isSelf(a: Endpoint, b: Endpoint): boolean {
  if (!isWorkload(a) || !isWorkload(b) || !isSameWorkload(a, b)) return false;
  return (
    a.workload.kind === 'Pod' || (a.pods?.length === 1 && b.pods?.length === 1 && a.pods[0] === b.pods[0])
  );
}

/**
 * An address, or a CIDR whose host bits may be set.
 *
 * @throws if it is neither: facts are checked when they are made
 */
export function readRange(text: string): IpRange {
  const parsed = text.includes('/') ? parseMaskedCidr(text) : parseAddress(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}
