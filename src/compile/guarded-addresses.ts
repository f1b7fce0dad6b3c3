// Guardrails on addresses: which end a set of them comes to, whatever the word for it was.
// Must not know routes, nor what is told of them.

import {
  type AddressBlock,
  type AddressSet,
  addressesMeet,
  addressesOf,
  countAddresses,
  uniteAddresses,
  withoutAddresses,
} from '../model/address-set.ts';
import type { Peer } from '../model/network-policy.ts';
import { once } from '../model/once.ts';
import type { RouteEndName } from '../routes/index.ts';
import { publicPeers } from '../routes/internet.ts';
import type { Side, Surroundings } from '../routes/route-end.ts';

/** What may be reached: the ends that a rule of the platform profile allows, and the ranges that it allows besides. */
export interface Allowance {
  readonly ends: ReadonlySet<RouteEndName>;
  readonly cidrs: AddressSet;
}

/** The addresses among some peers. */
export function addressesAmong(peers: readonly Peer[]): AddressSet {
  return addressesOf(
    peers.flatMap((peer): readonly AddressBlock[] => ('ipBlock' in peer ? [peer.ipBlock] : [])),
  );
}

/** Addresses that have a name of their own, which `cidr` is no way around. */
interface Territory {
  readonly end: RouteEndName;
  /** Ends that allow it; one that reaches more allows it too. */
  readonly allowedBy: readonly RouteEndName[];
  readonly addresses: AddressSet;
}

/** What of some addresses nothing but `cidr` itself allows. */
export function restOf(
  addresses: AddressSet,
  side: Side,
  { ends, cidrs }: Allowance,
  around: Surroundings,
): AddressSet {
  if (ends.has('anywhere')) return [];
  const allowed = territories(side, around).filter(({ allowedBy }) => allowedBy.some((end) => ends.has(end)));
  return withoutAddresses(
    addresses,
    uniteAddresses(cidrs, ...allowed.map((territory) => territory.addresses)),
  );
}

/** The end that such a rest comes to, if that is not allowed; `undefined` where it is just some range, and these are. */
export function reachedBy(
  rest: AddressSet,
  side: Side,
  { ends }: Allowance,
  around: Surroundings,
): RouteEndName | undefined {
  if (rest.length === 0) return undefined;
  if (isMostOfTheInternet(rest)) return 'anywhere';
  const entered = territories(side, around).find(
    ({ end, addresses }) =>
      end !== 'internet' && end !== 'ingressController' && addressesMeet(rest, addresses),
  );
  return entered?.end ?? (ends.has('cidr') ? undefined : 'cidr');
}

/** What of the cluster is not known and not allowed: whether a range holds it can't be told. As fields of the platform profile. */
export function unknownTerritories(
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

function territories(
  side: Side,
  { ranges, apiServer, controlPlane, ingressControllers }: Surroundings,
): readonly Territory[] {
  const of = (cidrs: readonly string[] = []) => addressesOf(cidrs.map((cidr) => ({ cidr })));
  const inside = uniteAddresses(of(ranges.pods), of(ranges.services));
  const nodes = of(ranges.nodes);
  const api = side === 'from' ? controlPlane : apiServer.flatMap(({ peers }) => peers);
  return [
    { end: 'nodes', allowedBy: ['nodes', 'cluster'], addresses: nodes },
    { end: 'cluster', allowedBy: ['cluster'], addresses: inside },
    { end: 'kubernetesAPI', allowedBy: ['kubernetesAPI'], addresses: addressesAmong(api) },
    {
      end: 'ingressController',
      allowedBy: ['ingressController'],
      addresses: addressesAmong(ingressControllers.flatMap(({ peers = [] }) => peers)),
    },
    {
      end: 'internet',
      allowedBy: ['internet'],
      addresses: withoutAddresses(publicAddresses(), uniteAddresses(inside, nodes)),
    },
  ];
}
