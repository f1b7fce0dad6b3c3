// Gateways of a namespace that don't count as ingress controllers, with what to write to change that.
// Must not know routes.

import type { PlatformNetworkProfileSpec } from '../../api/platform-network-profile.ts';
import { quoteSome } from '../../model/counted.ts';
import { aboutObject, type Finding } from '../../model/findings.ts';
import type { GatewayFacts } from '../../model/services.ts';
import { type ClusterView, objectsIn } from '../../view/cluster-view.ts';
import {
  countedGateways,
  howToCount,
  maxGateways,
  uncountedGateways,
} from '../platform/gateway-namespaces.ts';
import type { CheckedNamespace } from './warning-check.ts';

/** `GatewayNotCounted` */
export function gatewayNotCounted({ run: { view, spec }, local }: CheckedNamespace): readonly Finding[] {
  const { name } = local.facts;
  const here = objectsIn(view.gateways, name);
  // Off overrides every rule: nothing is let in or kept out anywhere.
  if (here.length === 0 || spec.enforcement === 'Off') return [];
  return [...placeFindings(view, spec, name, here), ...numberFindings(view, spec, name)];
}

/** Gateways that don't count because of their namespace. */
function placeFindings(
  view: ClusterView,
  spec: PlatformNetworkProfileSpec,
  namespace: string,
  here: readonly GatewayFacts[],
): readonly Finding[] {
  const uncounted = uncountedGateways(view, spec, here);
  const [first] = uncounted;
  if (first === undefined) return [];
  return [
    aboutObject('Gateway', first, 'GatewayNotCounted', {
      message: `Gateway ${namesOf(uncounted)} in \`${namespace}\` is of class \`${first.className}\`, whose ingress controller runs its pods beside each Gateway, but the platform profile does not count Gateways of this namespace: their pods are let in nowhere`,
      hint: howToCount(view, spec, namespace),
    }),
  ];
}

function namesOf(gateways: readonly GatewayFacts[]): string {
  return quoteSome(
    gateways.map(({ name }) => name),
    1,
  );
}

/** Gateways that don't count because there are enough older ones. */
function numberFindings(
  view: ClusterView,
  spec: PlatformNetworkProfileSpec,
  namespace: string,
): readonly Finding[] {
  return spec.ingressControllers
    .filter(({ preset }) => preset === 'gateway-api')
    .flatMap((controller): readonly Finding[] => {
      const { tooMany } = countedGateways(view, spec, controller);
      const here = tooMany.filter((gateway) => gateway.namespace === namespace);
      const [first] = here;
      if (first === undefined) return [];
      return [
        aboutObject('Gateway', first, 'GatewayNotCounted', {
          message: `Gateway ${namesOf(here)} in \`${namespace}\` exceeds the ${maxGateways} oldest that count as ingress controller \`${controller.name}\`: its pods reach what it serves, but routes with \`ingressController\` do not let them in`,
          hint: `delete Gateways that nobody needs, or a platform engineer sets \`pods\` of \`${controller.name}\` in \`spec.ingressControllers\` of the platform profile to a label that the pods of all Gateways have`,
        }),
      ];
    });
}
