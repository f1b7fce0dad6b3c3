// Guardrails on addresses: which end a set of addresses and ports counts as, whatever its keyword is.
// Must not know routes, nor what their statuses say.

import { type AddressSet, addressesOf, addressSets, countAddresses } from '../../model/address-set.ts';
import { withEmbedded } from '../../model/embedded-addresses.ts';
import { families } from '../../model/ip-ranges.ts';
import type { Rule } from '../../model/network-policy.ts';
import { once } from '../../model/once.ts';
import {
  addressesAmong,
  addressesIn,
  onEveryPort,
  type Reach,
  reachesMeet,
  reachOfRule,
  withoutReach,
} from '../../model/reach.ts';
import type { RouteEndName } from '../../routes/index.ts';
import { publicPeers } from '../../routes/internet.ts';
import { outermost, type RangeName, type RouteContext, type RouteSide } from '../../routes/route-end.ts';

/** What may be reached: the ends that a rule of the platform profile allows, and its additional ranges. */
export interface Allowance {
  readonly ends: ReadonlySet<RouteEndName>;
  readonly cidrs: AddressSet;
}

/** The part of some rules that only `cidr` allows. */
export interface UnnamedReach {
  /** The rest if everything unknown lies inside what is allowed. */
  readonly proven: Reach;
  /** The rest if everything unknown may lie outside: it contains what is proven. */
  readonly possible: Reach;
}

/** Why addresses can't be judged. */
export interface Doubts {
  /** The ends that they may reach, and that are not allowed. */
  readonly ends: readonly RouteEndName[];
  /** The fields of the platform profile that would tell. */
  readonly fields: readonly string[];
}

/** Addresses that have an end of their own, which `cidr` can't bypass. */
interface NamedRange {
  readonly end: RouteEndName;
  /** Ends that allow them; an end that reaches more allows them too. */
  readonly allowedBy: readonly RouteEndName[];
  /** The addresses that certainly belong to it. */
  readonly certain: Reach;
  /** The addresses that may belong to it, as far as that is known: it contains the certain ones. */
  readonly possible: Reach;
  /** Whether it may have more addresses elsewhere; a field of the platform profile defines them. */
  readonly isUnknown: boolean;
  readonly field?: string;
}

/** The addresses on one side of the routes of a namespace, judged by one rule of the platform profile. */
export class GuardedSide {
  readonly #allowance: Allowance;
  readonly #namedRanges: readonly NamedRange[];

  constructor(side: RouteSide, allowance: Allowance, context: RouteContext) {
    this.#allowance = allowance;
    this.#namedRanges = namedRangesAt(side, context);
  }

  /** The addresses of some rules that no end except `cidr` allows, nor any range of the platform profile's rule. */
  unnamedReachOf(rules: readonly Pick<Rule, 'peers' | 'ports'>[]): UnnamedReach {
    const { ends, cidrs } = this.#allowance;
    if (ends.has('anywhere')) return { proven: [], possible: [] };
    const named = onEveryPort(cidrs);
    // The platform's ranges also allow the addresses that they embed.
    const reach = rules
      .flatMap((rule) => withoutReach(reachOfRule(rule), named))
      .map(({ addresses, ports }) => ({ addresses: withEmbedded(addresses), ports }));
    const left = withoutReach(reach, named);
    const allowed = this.#namedRanges.filter((namedRange) => this.#isAllowed(namedRange));
    return {
      proven: withoutReach(left, possiblyIn(allowed)),
      possible: withoutReach(left, certainlyIn(allowed)),
    };
  }

  /** The end that such a rest counts as, if it is not allowed; `undefined` if it is just some range, and ranges are allowed. */
  endReachedBy({ proven }: UnnamedReach): RouteEndName | undefined {
    if (proven.length === 0) return undefined;
    if (isMostOfTheInternet(addressesIn(proven))) return 'anywhere';
    const entered = this.#namedRanges.find(
      ({ end, certain }) => end !== 'internet' && end !== 'ingressController' && reachesMeet(proven, certain),
    );
    return entered?.end ?? (this.#allowance.ends.has('cidr') ? undefined : 'cidr');
  }

  /** What has to be known before such a rest can be judged finally. */
  doubtsAbout({ possible }: UnnamedReach): Doubts {
    if (possible.length === 0) return { ends: [], fields: [] };
    const inDoubt = this.#namedRanges.filter(
      (namedRange) =>
        (namedRange.isUnknown && !this.#isAllowed(namedRange)) ||
        reachesMeet(possible, withoutReach(namedRange.possible, namedRange.certain)),
    );
    const ends = inDoubt.filter((namedRange) => !this.#isAllowed(namedRange)).map(({ end }) => end);
    return {
      ends: [...new Set(ends)],
      fields: [...new Set(inDoubt.flatMap(({ field }) => field ?? []))],
    };
  }

  #isAllowed({ allowedBy }: NamedRange): boolean {
    return allowedBy.some((end) => this.#allowance.ends.has(end));
  }
}

/**
 * Whether addresses are more than half of the public ones, in either family. One route may name one half, and another route the other;
 * and a route that leaves out one address of all still means all of them.
 */
export function isMostOfTheInternet(addresses: AddressSet): boolean {
  const all = publicAddresses();
  const covered = addressSets.intersection(all, addresses);
  return families.some((family) => countAddresses(covered, family) * 2n > countAddresses(all, family));
}

const publicAddresses = once(() => addressesAmong(publicPeers()));

const inTheCluster = { end: 'cluster', allowedBy: ['cluster'] } as const;
const onNodes = { end: 'nodes', allowedBy: ['nodes', 'cluster'] } as const;

function namedRangesAt(side: RouteSide, context: RouteContext): readonly NamedRange[] {
  const { ranges, apiServer, controlPlane, uncertain } = context;
  const outer = outermost(ranges);
  const rangesOf = (
    name: RangeName,
    field: string,
    of: Pick<NamedRange, 'end' | 'allowedBy'>,
  ): NamedRange => ({
    ...of,
    certain: onEveryPort(addressesOf(ranges[name] ?? [])),
    possible: onEveryPort(addressesOf([...(ranges[name] ?? []), ...(outer[name] ?? [])])),
    isUnknown: outer[name] === undefined || uncertain?.has(name) === true,
    field: `cluster.${field}`,
  });
  const cluster = [
    rangesOf('nodes', 'nodeRanges', onNodes),
    rangesOf('pods', 'podRanges', inTheCluster),
    rangesOf('services', 'serviceRanges', inTheCluster),
  ];
  // The ports belong to the destination: the control plane comes from its addresses to any port here.
  const api = side === 'from' ? onEveryPort(addressesAmong(controlPlane)) : apiServer.flatMap(reachOfRule);
  const isOld = uncertain?.has(side === 'from' ? 'controlPlane' : 'apiServer') === true;
  const controllers = controllersAt(side, context);
  const isKnown = { isUnknown: false } as const;
  return [
    ...cluster,
    {
      ...{ end: 'kubernetesAPI', allowedBy: ['kubernetesAPI'], field: 'kubernetesAPI' },
      ...{ certain: api, possible: api, isUnknown: api.length === 0 || isOld },
    },
    {
      ...{ end: 'ingressController', allowedBy: ['ingressController'] },
      ...{ certain: controllers, possible: controllers, ...isKnown },
    },
    { end: 'internet', allowedBy: ['internet'], ...outside(cluster), ...isKnown },
  ];
}

/** The ports on which clients reach an ingress controller in the host network; its other ports belong to the node. */
const servedPorts = [
  { protocol: 'TCP', port: 80 },
  { protocol: 'TCP', port: 443 },
  { protocol: 'UDP', port: 443 },
] as const;

/** The addresses of the ingress controllers: if they are in the host network, these have other ports, too. */
function controllersAt(side: RouteSide, { ingressControllers, ranges }: RouteContext): Reach {
  const peers = ingressControllers.flatMap(({ peers: its = [] }) => its);
  if (side === 'from') return onEveryPort(addressesAmong(peers));
  const nodes = new Set<string>(ranges.nodes);
  const { onNodes: shared = [], elsewhere = [] } = Object.groupBy(peers, (peer) =>
    'ipBlock' in peer && nodes.has(peer.ipBlock.cidr) ? 'onNodes' : 'elsewhere',
  );
  return [...onEveryPort(addressesAmong(elsewhere)), ...reachOfRule({ peers: shared, ports: servedPorts })];
}

/** Public addresses outside the cluster: nothing is certainly outside before it is known what is inside. */
function outside(cluster: readonly NamedRange[]): Pick<NamedRange, 'certain' | 'possible'> {
  const everything = onEveryPort(publicAddresses());
  const isKnown = cluster.every(({ isUnknown }) => !isUnknown);
  return {
    certain: isKnown ? withoutReach(everything, possiblyIn(cluster)) : [],
    possible: withoutReach(everything, certainlyIn(cluster)),
  };
}

function certainlyIn(ranges: readonly NamedRange[]): Reach {
  return ranges.flatMap(({ certain }) => certain);
}

function possiblyIn(ranges: readonly NamedRange[]): Reach {
  return ranges.flatMap(({ possible }) => possible);
}
