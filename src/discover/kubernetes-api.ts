// Where the API server answers: the ClusterIP of its Service, and every endpoint of its EndpointSlices.
// Some CNIs match a packet before its address is translated, some after, so that both belong to it, of both families.
import type { Discovered } from '../api/platform-status.ts';
import { formatAddress, type IpRange, parseAddress } from '../model/ip-ranges.ts';
import { failure, type Result, success } from '../model/result.ts';
import type { EndpointSliceFacts } from '../model/services.ts';
import { isNamed, type Observed, slicesOf, type Unknown } from './observed.ts';
import { kubernetesService } from './places.ts';

type KubernetesApi = NonNullable<Discovered['kubernetesAPI']>;
type Endpoint = KubernetesApi['endpoints'][number];

/** As many as the status holds; no cluster is known to have so many API servers. */
const mostEndpoints = 64;

/**
 * The places at which the API server answers.
 *
 * @param previous a family whose slices hold no endpoint is unknown, and keeps what was known of it
 */
export function discoverKubernetesApi(
  { services, endpointSlices }: Observed,
  previous: KubernetesApi | undefined,
): Result<KubernetesApi, Unknown> {
  const service = services.find(isNamed(kubernetesService));
  if (service === undefined) return failure('there is no Service `default/kubernetes`');
  if (endpointSlices === undefined) return failure("the endpoints of the API server can't be read");
  const slices = slicesOf(endpointSlices, kubernetesService);
  const behind = slices.flatMap(({ addresses, ports }) => placesAt(addresses, ports));
  if (behind.length === 0) return failure('the Service `default/kubernetes` has no endpoint');
  const empty = familiesWithout(behind, slices);
  const held = (previous?.endpoints ?? []).filter((endpoint) => empty.has(familyOf(endpoint) ?? 0));
  const endpoints = distinct([...placesAt(service.clusterIPs, service.ports), ...behind, ...held]);
  return endpoints.length > mostEndpoints
    ? failure(`the API server has ${endpoints.length} endpoints, more than ${mostEndpoints}`)
    : success({ endpoints });
}

function placesAt(
  addresses: readonly string[],
  ports: EndpointSliceFacts['ports'] | readonly { readonly port: number; readonly protocol: string }[],
): readonly Endpoint[] {
  const known = addresses.map(parseAddress).flatMap((parsed) => (parsed.ok ? [parsed.value] : []));
  const tcp = ports.filter(({ protocol }) => protocol === 'TCP').map(({ port }) => port);
  return known.flatMap(({ family, first }) =>
    tcp.map((port) => ({ address: formatAddress(family, first), port })),
  );
}

/** The families of which there are slices, and no endpoint in them. */
function familiesWithout(
  endpoints: readonly Endpoint[],
  slices: readonly EndpointSliceFacts[],
): ReadonlySet<number> {
  const families = slices.map(({ addressType }) => ({ IPv4: 4, IPv6: 6, FQDN: 0 })[addressType]);
  const known = new Set<number | undefined>(endpoints.map(familyOf));
  return new Set(families.filter((family) => !known.has(family)));
}

function familyOf({ address }: Endpoint): IpRange['family'] | undefined {
  const parsed = parseAddress(address);
  return parsed.ok ? parsed.value.family : undefined;
}

/** Ordered by family, address and port. */
function distinct(endpoints: readonly Endpoint[]): readonly Endpoint[] {
  const sortable = endpoints.flatMap((endpoint) => {
    const parsed = parseAddress(endpoint.address);
    return parsed.ok ? [{ ...parsed.value, endpoint }] : [];
  });
  sortable.sort(
    (a, b) =>
      a.family - b.family ||
      (a.first === b.first ? a.endpoint.port - b.endpoint.port : a.first < b.first ? -1 : 1),
  );
  return [
    ...new Map(sortable.map(({ endpoint }) => [`${endpoint.address} ${endpoint.port}`, endpoint])).values(),
  ];
}
