// The addresses and ports that rules reach, as sets of pairs, with the operations that guardrails need.
// Must not know what is allowed, nor names: a port that only pods can resolve may be any port.
import {
  type AddressBlock,
  type AddressSet,
  addressesOf,
  intersectAddresses,
  uniteAddresses,
  withoutAddresses,
} from './address-set.ts';
import type { Peer, PolicyPort } from './network-policy.ts';
import {
  allPorts,
  intersect,
  isEmpty,
  noPorts,
  type PortSet,
  portSetOf,
  subtract,
  unite,
} from './port-set.ts';
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
  return regionOf(addressesAmong(peers), ports === undefined ? allPorts : numberedPorts(ports));
}

/** What is in `reach` and in none of `less`. */
export function withoutReach(reach: Reach, less: Reach): Reach {
  return less.reduce(
    (rest: Reach, { addresses, ports }) =>
      rest.flatMap((region) => [
        ...regionOf(withoutAddresses(region.addresses, addresses), region.ports),
        ...regionOf(intersectAddresses(region.addresses, addresses), subtract(region.ports, ports)),
      ]),
    reach,
  );
}

/** Whether some address is in both, on the same port. */
export function reachesMeet(a: Reach, b: Reach): boolean {
  return a.some((left) =>
    b.some(
      (right) =>
        !isEmpty(intersect(left.ports, right.ports)) &&
        intersectAddresses(left.addresses, right.addresses).length > 0,
    ),
  );
}

/** The addresses that are reached on some port. */
export function addressesIn(reach: Reach): AddressSet {
  return uniteAddresses(...reach.map(({ addresses }) => addresses));
}

/** The addresses among some peers. */
export function addressesAmong(peers: readonly Peer[]): AddressSet {
  return addressesOf(
    peers.flatMap((peer): readonly AddressBlock[] => ('ipBlock' in peer ? [peer.ipBlock] : [])),
  );
}

function regionOf(addresses: AddressSet, ports: PortSet): Reach {
  return addresses.length === 0 || isEmpty(ports) ? [] : [{ addresses, ports }];
}

function numberedPorts(ports: readonly PolicyPort[]): PortSet {
  return ports.reduce((all, { protocol, port, endPort }) => {
    const interval = typeof port === 'number' ? { first: port, last: endPort ?? port } : everyPort;
    return unite(all, portSetOf(protocol, [interval]));
  }, noPorts);
}
