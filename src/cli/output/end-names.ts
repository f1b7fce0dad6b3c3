// The names of ends of connections, for people.
// Must not know what is reported about them.
import type { ConnectionGroup } from '../../analyze/connections.ts';
import {
  type AddressEnd,
  type Endpoint,
  endpointKey,
  formatEndpoint,
  isWorkload,
  type WorkloadEnd,
} from '../../analyze/endpoints.ts';
import { type AddressSet, addressesOf, addressesOfBlocks, addressSets } from '../../model/address-set.ts';
import { nameSome } from '../../model/counted.ts';
import { remembering } from '../../model/groups.ts';
import { once } from '../../model/once.ts';
import { publicPeers } from '../../routes/internet.ts';

/** Ends by name. Every address of both families is one, or all but a few, and so are all public addresses. */
export function endNames(ends: readonly Endpoint[]): readonly string[] {
  const workloads = ends.filter(isWorkload).map(formatEndpoint);
  return [...new Set([...workloads, ...addressNames(ends.filter(isAddress))])];
}

/** The same, with all of these workloads as one, and all of a namespace as `shop/*`. */
export function endNamesAmong(
  workloads: readonly WorkloadEnd[],
): (ends: readonly Endpoint[]) => readonly string[] {
  const namespaces = Map.groupBy(workloads, ({ workload }) => workload.namespace);
  // The same few ends are named again and again.
  const keyOf = remembering(endpointKey);
  return (ends) => {
    const keys = new Set(ends.map(keyOf));
    const isAll = (some: readonly WorkloadEnd[]) =>
      some.length > 1 && some.length <= keys.size && some.every((end) => keys.has(keyOf(end)));
    const addresses = endNames(ends.filter((end) => !isWorkload(end)));
    if (isAll(workloads)) return ['every workload', ...addresses];
    const named = [...Map.groupBy(ends.filter(isWorkload), ({ workload }) => workload.namespace)].flatMap(
      ([namespace, here]) => (isAll(namespaces.get(namespace) ?? []) ? [`${namespace}/*`] : endNames(here)),
    );
    return [...named, ...addresses];
  };
}

/** The number of connections in a group, between ends as `endNames` names them. */
export function pairsIn({ from, to }: Pick<ConnectionGroup, 'from' | 'to'>): number {
  return endNames(from).length * endNames(to).length;
}

function isAddress(end: Endpoint): end is AddressEnd {
  return !isWorkload(end);
}

function addressNames(ends: readonly AddressEnd[]): readonly string[] {
  const isOfBoth = everywhere.every((whole) => ends.some(({ cidr }) => cidr === whole));
  const all = isOfBoth ? nameOfMost('any address', everyAddress(), ends) : undefined;
  if (all !== undefined) return [all];
  const parts = ends.filter((end) => addressSets.overlap(addressesOfBlocks([end]), publicAddresses()));
  const internet = nameOfInternet(parts);
  if (internet === undefined) return ends.map(formatEndpoint);
  return [internet, ...ends.filter((end) => !parts.includes(end)).map(formatEndpoint)];
}

const everywhere: readonly string[] = ['0.0.0.0/0', '::/0'];

const everyAddress = once(() => addressesOf(everywhere));

/** The public addresses, as the end `internet` means them. */
const publicAddresses = once(() =>
  addressesOfBlocks(publicPeers().flatMap((peer) => ('ipBlock' in peer ? [peer.ipBlock] : []))),
);

/** How many exceptions are named. */
const maxExceptions = 4;

/** As in `the internet except 203.0.114.7/32`; `undefined` if it is not all of it, or more. */
function nameOfInternet(parts: readonly AddressEnd[]): string | undefined {
  const set = addressesOfBlocks(parts);
  if (parts.length === 0 || !addressSets.covers(publicAddresses(), set)) return undefined;
  const missing = addressSets.difference(publicAddresses(), set);
  if (missing[4].length === 0 && set[6].length === 0) return 'the internet (IPv4)';
  return nameOfMost('the internet', publicAddresses(), parts);
}

/** The name of a set of addresses, with what the parts leave out of it, if their exceptions are that; else `undefined`. */
function nameOfMost(name: string, whole: AddressSet, parts: readonly AddressEnd[]): string | undefined {
  const missing = addressSets.difference(whole, addressesOfBlocks(parts));
  if (addressSets.isEmpty(missing)) return name;
  const exceptions = [...new Set(parts.flatMap(({ except = [] }) => except))].filter((cidr) =>
    addressSets.overlap(addressesOf([cidr]), missing),
  );
  const isNamed = addressSets.covers(addressesOf(exceptions), missing);
  return isNamed ? `${name} except ${nameSome(exceptions, maxExceptions)}` : undefined;
}
