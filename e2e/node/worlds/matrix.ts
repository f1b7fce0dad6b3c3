// What the tool says of single connections of one IP family, read from the same table that `ringfence matrix -o json` prints, and why.
// Must not know what was seen, nor which enforcer there is.
import { type Analysis, analyze } from '../../../src/analyze/analysis.ts';
import { type AddressEnd, type Endpoint, endpointKey, isWorkload } from '../../../src/analyze/endpoints.ts';
import type { SideExplanation } from '../../../src/analyze/explain.ts';
import type { AnalysisInput } from '../../../src/analyze/facts.ts';
import { contains, type IpRange, parseAddress, parseCidr } from '../../../src/model/ip-ranges.ts';
import { formatKey, type ObjectKey } from '../../../src/model/object-key.ts';
import type { PortSet } from '../../../src/model/port-set.ts';

/** One end of a connection: a pod, or an address that is no pod's. */
export type End = { readonly pod: ObjectKey } | { readonly address: string };

/** A destination port as packets have it, after a Service's translation. */
export interface Port {
  readonly protocol: 'TCP' | 'UDP';
  readonly number: number;
}

/** The answers about one family. */
export class Matrix {
  readonly #analysis: Analysis;
  /** By the name of a pod. */
  readonly #ends = new Map<string, Endpoint>();
  /** By the keys of the source and of the destination. */
  readonly #ports = new Map<string, PortSet>();
  /** Addresses outside that an end reaches, or that reach it. */
  readonly #outside = new Map<string, { readonly addresses: AddressEnd; readonly ports: PortSet }[]>();

  constructor(facts: AnalysisInput, family: 4 | 6) {
    this.#analysis = analyze(inFamily(facts, family));
    const podsOf = new Map(
      facts.workloads.map(({ pods, ...workload }) => [
        endpointKey({ workload }),
        pods.flatMap(({ name }) => name ?? []),
      ]),
    );
    for (const end of this.#analysis.workloads) {
      for (const name of end.pods ?? podsOf.get(endpointKey(end)) ?? [])
        this.#ends.set(formatKey({ namespace: end.workload.namespace, name }), end);
    }
    for (const { from, to, ports } of this.#analysis.connections()) this.#add(from, to, ports);
  }

  #add(from: Endpoint, to: Endpoint, ports: PortSet): void {
    if (isWorkload(from) && isWorkload(to)) {
      this.#ports.set(`${endpointKey(from)} ${endpointKey(to)}`, ports);
      return;
    }
    const key = isWorkload(from) ? `${endpointKey(from)} out` : `${endpointKey(to)} in`;
    const addresses = isWorkload(from) ? to : from;
    if (isWorkload(addresses)) return;
    this.#outside.set(key, [...(this.#outside.get(key) ?? []), { addresses, ports }]);
  }

  /**
   * Whether the table has the connection.
   *
   * @throws Error about a pod that the facts don't have: then nothing is known
   */
  allows(from: End, to: End, port: Port): boolean {
    const has = (ports: PortSet | undefined) =>
      ports?.[port.protocol].some(({ first, last }) => first <= port.number && port.number <= last) ?? false;
    if ('pod' in from && 'pod' in to)
      return has(
        this.#ports.get(`${endpointKey(this.#endOf(from.pod))} ${endpointKey(this.#endOf(to.pod))}`),
      );
    const [inside, address] = 'pod' in from ? [from, to] : [to, from];
    if (!('pod' in inside) || !('address' in address)) return true;
    const key = `${endpointKey(this.#endOf(inside.pod))} ${inside === from ? 'out' : 'in'}`;
    const parts = this.#outside.get(key) ?? [];
    return has(parts.find(({ addresses }) => isAmong(addresses, address.address))?.ports);
  }

  /** Why it is allowed or denied, in a line: what decides on each side. */
  reason(from: End, to: End, { protocol, number }: Port): string {
    const asked = { protocol, interval: { first: number, last: number } };
    const parts = this.#analysis.explain(this.#explained(from), this.#explained(to), asked);
    return parts.map(({ egress, ingress }) => `${tell(egress)}; ${tell(ingress)}`).join(' / ');
  }

  #endOf(pod: ObjectKey): Endpoint {
    const end = this.#ends.get(formatKey(pod));
    if (end === undefined) throw new Error(`the facts have no pod ${formatKey(pod)}`);
    return end;
  }

  #explained(end: End): Endpoint {
    if ('address' in end) return { cidr: end.address };
    const found = this.#endOf(end.pod);
    return isWorkload(found) ? { workload: found.workload, pods: [end.pod.name] } : found;
  }
}

/** The facts as packets of one family meet them: pods have no other addresses. */
function inFamily(facts: AnalysisInput, family: 4 | 6): AnalysisInput {
  const isOf = (address: string) => address.includes(':') === (family === 6);
  return {
    ...facts,
    workloads: facts.workloads.map((workload) => ({
      ...workload,
      pods: workload.pods.map((pod) => ({ ...pod, addresses: pod.addresses.filter(isOf) })),
    })),
  };
}

function isAmong({ cidr, except = [] }: AddressEnd, address: string): boolean {
  const one = rangeOf(address);
  return contains(rangeOf(cidr), one) && !except.some((hole) => contains(rangeOf(hole), one));
}

/** @throws Error if it is neither an address nor a CIDR */
function rangeOf(text: string): IpRange {
  const parsed = text.includes('/') ? parseCidr(text) : parseAddress(text);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

function tell({ side, standing, allows, rules, policies }: SideExplanation): string {
  const which = side.toLowerCase();
  if (standing !== 'Isolated') return `${which} ${allows ? 'allowed' : 'denied'}: ${standing}`;
  const named = allows
    ? rules.filter((rule) => rule.allows).map(({ policy, rule }) => `${formatKey(policy)} ${which}[${rule}]`)
    : policies.map(formatKey);
  return `${which} ${allows ? 'allowed' : 'denied'} by ${named.join(', ')}`;
}
