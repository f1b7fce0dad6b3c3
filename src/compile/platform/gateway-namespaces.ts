// Which Gateways count as ingress controllers where these run their pods beside each Gateway: only those in namespaces that
// the platform keeps. Whoever may create a Gateway in a namespace could otherwise call its own pods an ingress controller, and
// every route with `from: {ingressController: …}` would let them in. Must not know routes.
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

/** Whether a controller runs its pods in the namespace of each Gateway: the profile names no other place. */
export function runsBesideGateways({ preset, namespace }: IngressController): boolean {
  return preset === 'gateway-api' && namespace === undefined;
}

/**
 * Whether Gateways in this namespace count as ingress controllers where these run beside them.
 *
 * @param facts the namespace; `undefined` where there is none of this name (yet): then only what its name decides counts
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
 * As many Gateways count as one ingress controller whose pods are all in one namespace. Each adds its name to every rule for that
 * controller, everywhere, and whoever may create Gateways in any namespace adds them. Where pods run beside each Gateway, the platform
 * says in which namespaces, and what they come to is dealt out to several policies: see buckets.ts.
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

/** Whether the pods of a Gateway count as this ingress controller, as far as the place of the Gateway decides. */
export function isCounted(
  view: ClusterView,
  spec: PlatformNetworkProfileSpec,
  controller: IngressController,
  { namespace }: GatewayFacts,
): boolean {
  return !runsBesideGateways(controller) || countsGateways(view, spec, namespace);
}

/** The Gateways whose pods are an ingress controller, ordered by key; and those that are too many: the youngest. */
export function countedGateways(
  view: ClusterView,
  spec: PlatformNetworkProfileSpec,
  controller: IngressController,
): { readonly counted: readonly GatewayFacts[]; readonly tooMany: readonly GatewayFacts[] } {
  const all = gatewaysServedBy(controller, view)
    .filter((gateway) => isCounted(view, spec, controller, gateway))
    .sort(compareKeys);
  // Whatever their number is, they are the same pods where the profile says which.
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

/** What to set so that Gateways of this namespace count, beside those that do now. */
export function howToCount(view: ClusterView, spec: PlatformNetworkProfileSpec, namespace: string): string {
  const names = new Set([namespace]);
  for (const [other, gateways] of view.gateways) {
    const isServed = [...gateways.values()].some((gateway) => isServedBeside(spec, gateway));
    if (isServed && countsGateways(view, spec, other)) names.add(other);
  }
  const who = 'if the platform trusts everyone who may create Gateways and pods there, a platform engineer sets';
  if (names.size > maxNames) {
    return `${who} \`spec.gatewayNamespaces.selector\` of the platform profile to a label that only the platform may set, on this namespace and on all whose Gateways count now`;
  }
  return `${who} in the platform profile:\n${suggestGatewayNamespaces([...names].sort(compareText))}`;
}

/** The value of the label: a name that is too long for one is cut, as GEP-1762 says in "Automated Deployments". */
export function gatewayLabel({ name }: Pick<GatewayFacts, 'name'>): string {
  if (name.length <= maxLength.label) return name;
  return `${name.slice(0, 20)}-${createHash('sha1').update(name.slice(20)).digest('hex')}`;
}

/** The labels of the pods that run for a Gateway. */
export function gatewayPods(gateway: Pick<GatewayFacts, 'name'>): Labels {
  return { [gatewayNameLabel]: gatewayLabel(gateway) };
}

function isServedBeside(spec: PlatformNetworkProfileSpec, { className }: GatewayFacts): boolean {
  return spec.ingressControllers.some(
    (controller) => runsBesideGateways(controller) && (controller.classes?.includes(className) ?? true),
  );
}
