// The addresses of the API server: the ClusterIP of its Service, and every endpoint of the EndpointSlice that it maintains itself.
// Some CNIs match a packet before its address is translated, some after it, so both belong to it.
import type { Discovered } from '../api/platform-status.ts';
import { compareRanges, formatAddress, type IpRange, parseAddress } from '../model/ip-ranges.ts';
import { failure, type Result, success, valuesIn } from '../model/result.ts';
import type { EndpointSliceFacts } from '../model/services.ts';
import { isNamed, type Observed, type UnknownReason } from './observed.ts';
import { kubernetesService } from './well-known-services.ts';

type KubernetesApi = NonNullable<Discovered['kubernetesAPI']>;
type Endpoint = KubernetesApi['endpoints'][number];
type AddressPort = IpRange & Pick<Endpoint, 'port'>;

/** The maximum number in the status; no known cluster has so many API servers. */
const maxEndpoints = 64;

/**
 * The addresses and ports of the API server.
 *
 * Only its own slice counts. Anyone who may write EndpointSlices in `default` can label others with the name of the Service, and
 * then every rule for the API server would lead to their addresses. The API server maintains one slice, of one family, with the name
 * of the Service, and corrects it within seconds (kubernetes/kubernetes pkg/controlplane/reconcilers/endpointsadapter.go).
 */
export function discoverKubernetesApi({
  services,
  endpointSlices,
}: Observed): Result<KubernetesApi, UnknownReason> {
  const service = services.find(isNamed(kubernetesService));
  if (service === undefined) return failure('there is no Service `default/kubernetes`');
  if (endpointSlices === undefined) return failure("the endpoints of the API server can't be read");
  const slice = endpointSlices.find(isNamed(kubernetesService));
  if (slice === undefined) return failure('there is no EndpointSlice `default/kubernetes`');
  const behind = endpointsAt(slice.addresses, slice.ports);
  if (behind.length === 0) return failure('the EndpointSlice `default/kubernetes` has no endpoint');
  const endpoints = distinctEndpoints([...endpointsAt(service.clusterIPs, service.ports), ...behind]);
  return endpoints.length > maxEndpoints
    ? failure(`the API server has ${endpoints.length} endpoints, more than ${maxEndpoints}`)
    : success({ endpoints });
}

function endpointsAt(
  addresses: readonly string[],
  ports: EndpointSliceFacts['ports'] | readonly { readonly port: number; readonly protocol: string }[],
): readonly AddressPort[] {
  const tcp = ports.filter(({ protocol }) => protocol === 'TCP').map(({ port }) => port);
  return valuesIn(addresses.map(parseAddress)).flatMap((address) =>
    tcp.map((port) => ({ ...address, port })),
  );
}

/** Each once, ordered by family, address and port. */
function distinctEndpoints(endpoints: readonly AddressPort[]): readonly Endpoint[] {
  const sorted = endpoints
    .toSorted((a, b) => compareRanges(a, b) || a.port - b.port)
    .map(({ family, first, port }) => ({ address: formatAddress(family, first), port }));
  return [...new Map(sorted.map((endpoint) => [`${endpoint.address} ${endpoint.port}`, endpoint])).values()];
}
