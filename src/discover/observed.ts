// The observed objects of the cluster, as plain data, and how to find the objects of one Service in them.
// Must not know what follows from them.
import type { ObjectKey } from '../model/object-key.ts';
import type {
  AddressedServiceFacts,
  DnsConfigFacts,
  EndpointSliceFacts,
  NodeFacts,
  ServiceCidrFacts,
} from '../model/services.ts';

/**
 * The observed objects. `undefined`: the kind can't be read. An empty list does not mean that there are none: every cluster has DNS, an
 * API server and nodes, so the fact is unknown too.
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
