// Which Gateways count as ingress controllers if these run their pods beside each Gateway: only those in namespaces that
// the platform controls. Otherwise anyone who may create a Gateway in a namespace could turn its own pods into an ingress controller,
// and every route with `from: {ingressController: …}` would let them in. Must not know routes.
import { createHash } from 'node:crypto';
import { maxNames } from '../../api/namespace-choice.ts';
import type { PlatformNetworkProfileSpec } from '../../api/platform-network-profile.ts';
import type { IngressController } from '../../api/platform-sources.ts';
import { gatewayNameLabel } from '../../api/presets.ts';
import { suggestGatewayNamespaces } from '../../api/suggested-profile.ts';
import { compareKeys, compareText } from '../../model/object-key.ts';
import { maxLength } from '../../model/policy-names.ts';
import type { Labels } from '../../model/selectors.ts';
import type { GatewayFacts } from '../../model/services.ts';
import type { ClusterView, NamespaceFacts } from '../../view/cluster-view.ts';
import { isChosen, isExcludedByName, membershipOf } from './membership.ts';

/** Whether a controller runs its pods in the namespace of each Gateway: the profile names no other namespace. */
export function runsBesideGateways({ preset, namespace }: IngressController): boolean {
  return preset === 'gateway-api' && namespace === undefined;
}

/**
 * Whether Gateways in this namespace count as ingress controllers that run beside them.
 *
 * @param facts the namespace; `undefined` if there is none with this name (yet): then only its name decides
 */
export function countsGateways(
  view: ClusterView,
  spec: PlatformNetworkProfileSpec,
  name: string,
  facts: NamespaceFacts | undefined = view.namespaces.get(name),
): boolean {
  const { gatewayNamespaces, systemNamespaces } = spec;
  if (gatewayNamespaces !== undefined) {
    if (facts !== undefined) return isChosen(gatewayNamespaces, facts);
    return gatewayNamespaces.selector === undefined && isChosen(gatewayNamespaces, { name, labels: {} });
  }
  if (systemNamespaces.includes(name) || isExcludedByName(view, spec, name)) return true;
  return facts !== undefined && !membershipOf(view, spec, facts).inside;
}

/**
 * The maximum number of Gateways that count as one ingress controller whose pods are all in one namespace. Each adds its name to every
 * rule for that controller, in every namespace, and anyone who may create Gateways adds them. If pods run beside each Gateway, the
 * platform defines in which namespaces, and their rules are split over several policies: see buckets.ts.
 */
export const maxGateways = 256;

/** The Gateways of all namespaces that an ingress controller serves, by class. */
export function gatewaysServedBy(
  { classes }: IngressController,
  { gateways }: ClusterView,
): readonly GatewayFacts[] {
  return [...gateways.values()]
    .flatMap((siblings) => [...siblings.values()])
    .filter(({ className }) => classes === undefined || classes.includes(className));
}

/** Whether the namespace of a Gateway lets its pods count as this ingress controller. */
export function isCounted(
  view: ClusterView,
  spec: PlatformNetworkProfileSpec,
  controller: IngressController,
  { namespace }: GatewayFacts,
): boolean {
  return !runsBesideGateways(controller) || countsGateways(view, spec, namespace);
}

/** The Gateways whose pods are an ingress controller, ordered by key; and those beyond the limit: the youngest. */
export function countedGateways(
  view: ClusterView,
  spec: PlatformNetworkProfileSpec,
  controller: IngressController,
): { readonly counted: readonly GatewayFacts[]; readonly tooMany: readonly GatewayFacts[] } {
  const all = gatewaysServedBy(controller, view)
    .filter((gateway) => isCounted(view, spec, controller, gateway))
    .sort(compareKeys);
  // If the profile defines the pods, they are the same for any number of Gateways.
  const isListed = controller.namespace !== undefined && controller.pods === undefined;
  if (!isListed || all.length <= maxGateways) return { counted: all, tooMany: [] };
  const byAge = [...all].sort((a, b) => compareText(a.created ?? '~', b.created ?? '~') || compareKeys(a, b));
  return {
    counted: byAge.slice(0, maxGateways).sort(compareKeys),
    tooMany: byAge.slice(maxGateways).sort(compareKeys),
  };
}

/** The Gateways that a controller serves with pods beside them, and that don't count. */
export function uncountedGateways(
  view: ClusterView,
  spec: PlatformNetworkProfileSpec,
  gateways: Iterable<GatewayFacts>,
): readonly GatewayFacts[] {
  return [...gateways]
    .filter((gateway) => isServedBeside(spec, gateway) && !countsGateways(view, spec, gateway.namespace))
    .sort(compareKeys);
}

/** What to set so that Gateways of this namespace count, besides those that already do. */
export function howToCount(view: ClusterView, spec: PlatformNetworkProfileSpec, namespace: string): string {
  const names = new Set([namespace]);
  for (const [other, gateways] of view.gateways) {
    const isServed = [...gateways.values()].some((gateway) => isServedBeside(spec, gateway));
    if (isServed && countsGateways(view, spec, other)) names.add(other);
  }
  const who =
    'if the platform trusts everyone who may create Gateways and pods there, a platform engineer sets';
  if (names.size > maxNames) {
    return `${who} \`spec.gatewayNamespaces.selector\` of the platform profile to a label that only the platform may set, on this namespace and on all whose Gateways count now`;
  }
  return `${who} in the platform profile:\n${suggestGatewayNamespaces([...names].sort(compareText))}`;
}

/** The value of the label: a name that is too long for a label is cut, as GEP-1762 says in "Automated Deployments". */
export function gatewayLabel({ name }: Pick<GatewayFacts, 'name'>): string {
  if (name.length <= maxLength.label) return name;
  return `${name.slice(0, 20)}-${createHash('sha1').update(name.slice(20)).digest('hex')}`;
}

/** The labels of the pods of a Gateway. */
export function gatewayPods(gateway: Pick<GatewayFacts, 'name'>): Labels {
  return { [gatewayNameLabel]: gatewayLabel(gateway) };
}

function isServedBeside(spec: PlatformNetworkProfileSpec, { className }: GatewayFacts): boolean {
  return spec.ingressControllers.some(
    (controller) => runsBesideGateways(controller) && (controller.classes?.includes(className) ?? true),
  );
}
