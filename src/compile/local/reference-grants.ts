// Whether a route may lead to a Service of another namespace: only if a ReferenceGrant there allows it.
// https://gateway-api.sigs.k8s.io/api-types/referencegrant/

import type { GatewayRouteFacts, ServiceRef } from '../../model/services.ts';
import { type ClusterView, objectsIn } from '../../view/cluster-view.ts';

/** Whether the Service's namespace allows `route` to lead to it. */
export function isGranted(view: ClusterView, route: GatewayRouteFacts, backend: ServiceRef): boolean {
  if (backend.namespace === route.namespace) return true;
  const grants = objectsIn(view.referenceGrants, backend.namespace);
  return grants.some(
    (grant) =>
      grant.from.some(({ kind, namespace }) => kind === route.kind && namespace === route.namespace) &&
      (grant.services === undefined || grant.services.includes(backend.name)),
  );
}
