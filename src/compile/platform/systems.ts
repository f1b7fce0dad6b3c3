// The shared systems that the platform profile declares, as peers: their pods, and the other sources of their
// traffic. Must not know routes.

import type { PlatformNetworkProfileSpec } from '../../api/platform-network-profile.ts';
import type { IngressController, Monitoring } from '../../api/platform-sources.ts';
import {
  gatewayNameLabel,
  ingressControllerPresets,
  monitoringPresets,
  type Preset,
} from '../../api/presets.ts';
import { groupsBy } from '../../model/groups.ts';
import {
  blockPeers,
  namespaceSelectorOf,
  nonEmpty,
  type Peer,
  type Rule,
  ruleFor,
} from '../../model/network-policy.ts';
import { compareText } from '../../model/object-key.ts';
import { policyPorts } from '../../model/policy-ports.ts';
import { type LabelSelector, namesIn, namespaceNamed, namespacesNamed } from '../../model/selectors.ts';
import type { GatewayFacts } from '../../model/services.ts';
import type { DeclaredSystem } from '../../routes/route-end.ts';
import type { ClusterView } from '../../view/cluster-view.ts';
import { nodeRanges } from './cluster-services.ts';
import {
  countedGateways,
  gatewayLabel,
  gatewaysServedBy,
  isCounted,
  runsBesideGateways,
} from './gateway-namespaces.ts';

const noGatewayCounts =
  'none of its Gateways is in a namespace whose Gateways count as ingress controllers; see `spec.gatewayNamespaces` of the platform profile';

/** The ingress controllers, in the order of the profile. */
export function ingressControllers(
  view: ClusterView,
  spec: PlatformNetworkProfileSpec,
): readonly DeclaredSystem[] {
  return spec.ingressControllers.map((controller) => {
    const peers = nonEmpty(controllerPeers(controller, view, spec));
    const isUncounted =
      peers === undefined && runsBesideGateways(controller) && gatewaysServedBy(controller, view).length > 0;
    return { name: controller.name, peers, ...(isUncounted ? { whyUnknown: noGatewayCounts } : {}) };
  });
}

/**
 * The peers of one ingress controller; nothing while they are not known.
 *
 * @param gateway the Gateway that is meant, if the controller runs pods for each Gateway; if unset: all that it serves
 */
export function controllerPeers(
  controller: IngressController,
  view: ClusterView,
  spec: PlatformNetworkProfileSpec,
  gateway?: GatewayFacts,
): readonly Peer[] {
  const { preset, namespace, pods, cidrs = [], hostNetwork } = controller;
  const byPods =
    preset === 'gateway-api'
      ? gatewayPeers(
          controller,
          gateway === undefined
            ? countedGateways(view, spec, controller).counted
            : [gateway].filter((each) => isCounted(view, spec, controller, each)),
        )
      : podPeers(preset === undefined ? undefined : ingressControllerPresets[preset], namespace, pods);
  const ranges = [...cidrs, ...(hostNetwork ? (nodeRanges(view, spec) ?? []) : [])];
  return [...byPods, ...blockPeers(ranges)];
}

/** The monitoring systems, in the order of the profile. */
export function monitoringSystems(spec: PlatformNetworkProfileSpec): readonly DeclaredSystem[] {
  return spec.monitoring.map((system) => ({ name: system.name, peers: nonEmpty(monitoringPeers(system)) }));
}

/** What the monitoring systems may reach. One policy for all: many small policies are expensive on iptables CNIs. */
export function monitoringRules(spec: PlatformNetworkProfileSpec): readonly Rule[] {
  return spec.monitoring.flatMap((system) => {
    const ports = policyPorts(system.ports);
    // No rule if the system's peers are not known: an empty list of peers would mean everyone.
    return ports === undefined ? [] : (ruleFor(monitoringPeers(system), ports) ?? []);
  });
}

/** The names of the namespaces in which the declared systems run, or the konnectivity pods of a managed control plane. */
export function declaredNamespaces(view: ClusterView, spec: PlatformNetworkProfileSpec): readonly string[] {
  const names = [...ingressControllerNamespaces(view, spec), ...namespacesOf(monitoringSystems(spec))];
  const { namespace, pods } = spec.kubernetesAPI?.controlPlane ?? {};
  return [...new Set([...names, ...(namespace === undefined || pods === undefined ? [] : [namespace])])];
}

/** The names of the namespaces in which the ingress controllers run. */
export function ingressControllerNamespaces(
  view: ClusterView,
  spec: PlatformNetworkProfileSpec,
): readonly string[] {
  return namespacesOf(ingressControllers(view, spec));
}

function namespacesOf(systems: readonly DeclaredSystem[]): readonly string[] {
  return systems
    .flatMap((system) => system.peers ?? [])
    .flatMap((peer) => namesIn(namespaceSelectorOf(peer) ?? {}));
}

function monitoringPeers({ preset, namespace, pods }: Monitoring): readonly Peer[] {
  return podPeers(preset === undefined ? undefined : monitoringPresets[preset], namespace, pods);
}

/** Fields of the profile override the preset, one by one. */
function podPeers(
  preset: Preset | undefined,
  namespace = preset?.namespace,
  pods = preset?.pods,
): readonly Peer[] {
  if (namespace === undefined) return [];
  return [
    { namespaceSelector: namespaceNamed(namespace), ...(pods === undefined ? {} : { podSelector: pods }) },
  ];
}

/**
 * The pods of some Gateways, which run in the namespace of the Gateway and have its name as a label (GEP-1762). Namespaces whose
 * Gateways have the same names share a peer.
 */
function gatewayPeers(
  { namespace, pods }: IngressController,
  gateways: readonly GatewayFacts[],
): readonly Peer[] {
  const byNamespace = Map.groupBy(gateways, (gateway) => namespace ?? gateway.namespace);
  const alike = groupsBy(byNamespace, ([, siblings]) =>
    pods === undefined ? JSON.stringify([...new Set(siblings.map(({ name }) => name))]) : '',
  );
  return alike.map((group) => ({
    namespaceSelector: namespacesNamed(group.map(([where]) => where)),
    podSelector: pods ?? anyOf(gatewayNameLabel, group[0][1].map(gatewayLabel)),
  }));
}

function anyOf(key: string, values: readonly string[]): LabelSelector {
  const [only, ...more] = new Set(values);
  if (only !== undefined && more.length === 0) return { matchLabels: { [key]: only } };
  return { matchExpressions: [{ key, operator: 'In', values: [...new Set(values)].sort(compareText) }] };
}
