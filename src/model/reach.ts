// The addresses and ports that rules reach, as sets of pairs, with the operations that guardrails need.
// Must not know what is allowed, nor names: a port that only pods can resolve may be any port.
import { type AddressBlock, type AddressSet, addressesOfBlocks, addressSets } from './address-set.ts';
import type { Peer, PolicyPort } from './network-policy.ts';
import { numberedPorts } from './policy-ports.ts';
import { allPorts, type PortSet, portSets } from './port-set.ts';
import { everyPort } from './ports.ts';

/** All pairs of these addresses and these ports. */
export interface Region {
  readonly addresses: AddressSet;
  readonly ports: PortSet;
}

/** Pairs of an address and a port: the union of the regions, none of which is empty. */
export type Reach = readonly Region[];

/** Some addresses on every port. */
export function onEveryPort(addresses: AddressSet): Reach {
  return regionOf(addresses, allPorts);
}

/** What a rule for some peers reaches by address; if `ports` is absent, on every port. */
export function reachOfRule({
  peers,
  ports,
}: {
  readonly peers: readonly Peer[];
  readonly ports?: readonly PolicyPort[] | undefined;
}): Reach {
  return regionOf(addressesAmong(peers), ports === undefined ? allPorts : numberedPorts(ports, [everyPort]));
}

/** What is in `reach` and in none of `less`. */
export function withoutReach(reach: Reach, less: Reach): Reach {
  return less.reduce(
    (rest: Reach, { addresses, ports }) =>
      rest.flatMap((region) => [
        ...regionOf(addressSets.difference(region.addresses, addresses), region.ports),
        ...regionOf(
          addressSets.intersection(region.addresses, addresses),
          portSets.difference(region.ports, ports),
        ),
      ]),
    reach,
  );
}

/** Whether some address is in both, on the same port. */
export function reachesMeet(a: Reach, b: Reach): boolean {
  return a.some((left) =>
    b.some(
      (right) =>
        portSets.overlap(left.ports, right.ports) && addressSets.overlap(left.addresses, right.addresses),
    ),
  );
}

/** The addresses that are reached on some port. */
export function addressesIn(reach: Reach): AddressSet {
  return addressSets.union(...reach.map(({ addresses }) => addresses));
}

/** The addresses among some peers. */
export function addressesAmong(peers: readonly Peer[]): AddressSet {
  return addressesOfBlocks(
    peers.flatMap((peer): readonly AddressBlock[] => ('ipBlock' in peer ? [peer.ipBlock] : [])),
  );
}

function regionOf(addresses: AddressSet, ports: PortSet): Reach {
  return addressSets.isEmpty(addresses) || portSets.isEmpty(ports) ? [] : [{ addresses, ports }];
}
