// Guardrails on addresses: which end a set of addresses and ports comes to, whatever the word for it was.
// Must not know routes, nor what is told of them.

import {
  type AddressSet,
  addressesOf,
  countAddresses,
  uniteAddresses,
  withoutAddresses,
} from '../model/address-set.ts';
import { withEmbedded } from '../model/embedded-addresses.ts';
import type { Rule } from '../model/network-policy.ts';
import { once } from '../model/once.ts';
import {
  addressesAmong,
  addressesIn,
  onEveryPort,
  type Reach,
  reachesMeet,
  reachOfRule,
  withoutReach,
} from '../model/reach.ts';
import type { RouteEndName } from '../routes/index.ts';
import { publicPeers } from '../routes/internet.ts';
import type { Side, Surroundings } from '../routes/route-end.ts';

/** What may be reached: the ends that a rule of the platform profile allows, and the ranges that it allows besides. */
export interface Allowance {
  readonly ends: ReadonlySet<RouteEndName>;
  readonly cidrs: AddressSet;
}

/** What of some rules nothing but `cidr` itself allows. */
export interface Rest {
  /** What is left where all that is not known lies inside what is allowed. */
  readonly proven: Reach;
  /** What is left where it may lie outside: it holds what is proven. */
  readonly possible: Reach;
}

/** Addresses that have a name of their own, which `cidr` is no way around. */
interface Territory {
  readonly end: RouteEndName;
  /** Ends that allow it; one that reaches more allows it too. */
  readonly allowedBy: readonly RouteEndName[];
  readonly reach: Reach;
}

/** The addresses at one side of the routes of a namespace, judged by one rule of the platform profile. */
export class GuardedSide {
  readonly #allowance: Allowance;
  readonly #territories: readonly Territory[];
  /** What is not known and not allowed: whether a range holds it can't be told. As fields of the platform profile. */
  readonly unknown: readonly string[];
  readonly #isOutsideKnown: boolean;

  constructor(side: Side, allowance: Allowance, around: Surroundings) {
    this.#allowance = allowance;
    this.#territories = territoriesAt(side, around);
    this.unknown = unknownAt(side, allowance, around);
    const { pods, services, nodes } = around.ranges;
    this.#isOutsideKnown = pods !== undefined && services !== undefined && nodes !== undefined;
  }

  /** What some rules reach by address that no end but `cidr` allows, nor any range that the rule of the platform profile names. */
  restOf(rules: readonly Pick<Rule, 'peers' | 'ports'>[]): Rest {
    const { ends, cidrs } = this.#allowance;
    if (ends.has('anywhere')) return { proven: [], possible: [] };
    const named = onEveryPort(cidrs);
    // The platform's own word holds for what its ranges embed too.
    const reach = rules
      .flatMap((rule) => withoutReach(reachOfRule(rule), named))
      .map(({ addresses, ports }) => ({ addresses: withEmbedded(addresses), ports }));
    const allowed = (territories: readonly Territory[]) =>
      territories
        .filter(({ allowedBy }) => allowedBy.some((end) => ends.has(end)))
        .flatMap((territory) => territory.reach);
    // What is outside the cluster is not known before it is known what is inside.
    const certain = this.#isOutsideKnown
      ? this.#territories
      : this.#territories.filter(({ end }) => end !== 'internet');
    const left = withoutReach(reach, named);
    return {
      proven: withoutReach(left, allowed(this.#territories)),
      possible: withoutReach(left, allowed(certain)),
    };
  }

  /** The end that such a rest comes to, if that is not allowed; `undefined` where it is just some range, and these are. */
  reachedBy(rest: Reach): RouteEndName | undefined {
    if (rest.length === 0) return undefined;
    if (isMostOfTheInternet(addressesIn(rest))) return 'anywhere';
    const entered = this.#territories.find(
      ({ end, reach }) => end !== 'internet' && end !== 'ingressController' && reachesMeet(rest, reach),
    );
    return entered?.end ?? (this.#allowance.ends.has('cidr') ? undefined : 'cidr');
  }
}

/**
 * Whether addresses are more than half of what is public, in either family. A route may name a half, and another one the other;
 * and whoever leaves out one address of all has not said what is meant.
 */
export function isMostOfTheInternet(addresses: AddressSet): boolean {
  const all = publicAddresses();
  const covered = withoutAddresses(all, withoutAddresses(all, addresses));
  return ([4, 6] as const).some(
    (family) => countAddresses(covered, family) * 2n > countAddresses(all, family),
  );
}

const publicAddresses = once(() => addressesAmong(publicPeers()));

function unknownAt(
  side: Side,
  { ends }: Allowance,
  { ranges, apiServer, controlPlane }: Surroundings,
): readonly string[] {
  const isKnown = side === 'from' ? controlPlane.length > 0 : apiServer.length > 0;
  return [
    ...(ranges.nodes === undefined && !ends.has('nodes') && !ends.has('cluster')
      ? ['cluster.nodeRanges']
      : []),
    ...(ranges.pods === undefined && !ends.has('cluster') ? ['cluster.podRanges'] : []),
    ...(ranges.services === undefined && !ends.has('cluster') ? ['cluster.serviceRanges'] : []),
    ...(!isKnown && !ends.has('kubernetesAPI') ? ['kubernetesAPI'] : []),
  ];
}

function territoriesAt(
  side: Side,
  { ranges, apiServer, controlPlane, ingressControllers }: Surroundings,
): readonly Territory[] {
  const of = (cidrs: readonly string[] = []) => addressesOf(cidrs.map((cidr) => ({ cidr })));
  const inside = uniteAddresses(of(ranges.pods), of(ranges.services));
  const nodes = of(ranges.nodes);
  // Ports are those of who is connected to: the control plane comes from its addresses to any port here.
  const api = side === 'from' ? onEveryPort(addressesAmong(controlPlane)) : apiServer.flatMap(reachOfRule);
  return [
    { end: 'nodes', allowedBy: ['nodes', 'cluster'], reach: onEveryPort(nodes) },
    { end: 'cluster', allowedBy: ['cluster'], reach: onEveryPort(inside) },
    { end: 'kubernetesAPI', allowedBy: ['kubernetesAPI'], reach: api },
    {
      end: 'ingressController',
      allowedBy: ['ingressController'],
      reach: onEveryPort(addressesAmong(ingressControllers.flatMap(({ peers = [] }) => peers))),
    },
    {
      end: 'internet',
      allowedBy: ['internet'],
      reach: onEveryPort(withoutAddresses(publicAddresses(), uniteAddresses(inside, nodes))),
    },
  ];
}
