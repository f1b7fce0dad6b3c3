// What was seen of the cluster, as plain data, and how the objects of one Service are found in it.
// Must not know what is made of it.
import type { ObjectKey } from '../model/object-key.ts';
import type {
  AddressedServiceFacts,
  DnsConfigFacts,
  EndpointSliceFacts,
  NodeFacts,
  ServiceCidrFacts,
} from '../model/services.ts';

/**
 * What was seen. `undefined`: the kind can't be read. None of a kind does not mean that there is none: a cluster has DNS, an
 * API server and nodes, so that it is unknown too.
 */
export interface Observed {
  readonly services: readonly AddressedServiceFacts[];
  readonly endpointSlices: readonly EndpointSliceFacts[] | undefined;
  readonly dnsConfigs: readonly DnsConfigFacts[] | undefined;
  readonly serviceCidrs: readonly ServiceCidrFacts[] | undefined;
  readonly nodes: readonly NodeFacts[] | undefined;
}

/** Why a fact is not known now. */
export type UnknownReason = string;

/** Whether an object has this name. */
export function isNamed({ namespace, name }: ObjectKey): (object: ObjectKey) => boolean {
  return (object) => object.namespace === namespace && object.name === name;
}

/** The EndpointSlices of a Service. */
export function slicesOf(
  slices: readonly EndpointSliceFacts[],
  { namespace, name }: ObjectKey,
): readonly EndpointSliceFacts[] {
  return slices.filter((slice) => slice.namespace === namespace && slice.service === name);
}
