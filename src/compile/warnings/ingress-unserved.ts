// Ingresses and routes of the Gateway API that no known ingress controller serves, and whose pods no route opens.
// Checks the allow rules, whatever their origin; must not know profiles.
import { suggestedName, suggestRoute } from '../../api/suggested-profile.ts';
import { aboutNamespace, type Finding } from '../../model/findings.ts';
import { formatKey } from '../../model/object-key.ts';
import type { Unserved } from '../local/exposures.ts';
import { gatewayPods } from '../platform/gateway-namespaces.ts';
import { isIngress, isServiceOpened, portsBehind } from './opened-services.ts';
import type { CheckedNamespace } from './warning-check.ts';

/** `IngressUnserved` */
export function ingressUnserved({ local, routeRules }: CheckedNamespace): readonly Finding[] {
  const { context, exposures } = local;
  const { namespace, services } = context;
  const ingress = routeRules.filter(isIngress);
  return exposures.unserved.flatMap((exposer) => {
    const [closed] = exposer.backends.filter(({ name, port }) => {
      const service = services.get(name);
      return service && !isServiceOpened(service, ingress, portsBehind(context, name, port));
    });
    return closed === undefined ? [] : [unservedFinding(namespace, exposer, closed.name)];
  });
}

function unservedFinding(namespace: string, { name, why }: Unserved, service: string): Finding {
  const { what, hint } = describeUnserved(namespace, why, service);
  return aboutNamespace(namespace, 'IngressUnserved', {
    message: `${name}${what}, and no route opens the pods of its Service \`${service}\`: the ring denies what comes in through it`,
    hint,
  });
}

function describeUnserved(
  namespace: string,
  why: Unserved['why'],
  service: string,
): { readonly what: string; readonly hint: string } {
  switch (why.kind) {
    case 'NotDeclared': {
      const ofClass = why.className === undefined ? '' : `, of class \`${why.className}\`,`;
      return {
        what: `${ofClass} is not served by any ingress controller in the platform profile`,
        hint: 'a platform engineer declares its ingress controller in `spec.ingressControllers` of the platform profile, with its class if the entry has `classes`',
      };
    }
    case 'PlaceUnknown':
      return {
        what: ' is served by an ingress controller on nodes whose addresses are not known',
        hint: 'a platform engineer sets the addresses of the nodes in `spec.cluster.nodeRanges` of the platform profile',
      };
    case 'GatewayNotCounted':
      return {
        what: ` is attached to Gateway \`${formatKey(why.gateway)}\`, whose pods run beside it in a namespace whose Gateways do not count as ingress controllers`,
        hint:
          why.gateway.namespace === namespace
            ? `${why.howToCount}\nor add to a profile in \`${namespace}\`:\n${suggestRoute({ name: suggestedName(service, 'users'), from: { pods: { matchLabels: gatewayPods(why.gateway) } }, to: { service } })}`
            : why.howToCount,
      };
    case 'NotFollowed':
      return {
        what: ` is attached to \`${why.parent}\`, whose ingress controller is not known`,
        hint: `attach it to a Gateway or a ListenerSet of \`gateway.networking.k8s.io/v1\`, or add to a profile in \`${namespace}\`:\n${suggestRoute({ name: suggestedName(service, 'users'), from: { ingressController: {} }, to: { service } })}`,
      };
  }
}
