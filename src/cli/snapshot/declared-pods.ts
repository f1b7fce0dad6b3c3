// Pods that the platform profile declares, DNS and the shared systems, and that no pod of the cluster is: a wrong name closes every
// namespace to them, and no rule looks wrong. Must not know how a finding is printed.
import { type PlatformNetworkProfileSpec, platformProfileName } from '../../api/platform-network-profile.ts';
import { clusterServicesOf } from '../../compile/platform/cluster-services.ts';
import { ingressControllers, monitoringSystems } from '../../compile/platform/systems.ts';
import type { Finding, FindingCode } from '../../model/findings.ts';
import { namespaceSelectorOf, type Peer } from '../../model/network-policy.ts';
import { formatSelector } from '../../model/selector-texts.ts';
import { type Labels, onlyNamesIn, selects } from '../../model/selectors.ts';
import type { ClusterView } from '../../view/cluster-view.ts';
import type { LoadedSnapshot } from './load-snapshot.ts';

/** What kind of pods the platform profile declares. */
export type DeclaredRole = 'dns' | 'ingressControllers' | 'monitoring';

/** A finding about declared pods that do not exist. */
export interface MissingPods extends Finding {
  readonly role: DeclaredRole;
}

interface Declared {
  readonly role: DeclaredRole;
  readonly what: string;
  readonly path: string;
  readonly peers: readonly Peer[];
}

/** Finds them in a cluster; files need not have every pod. What is also an address, or follows from Gateways, is not looked for. */
export function missingPods({ input, cluster, facts }: LoadedSnapshot): readonly MissingPods[] {
  const view = cluster.view();
  if (input !== undefined || !view.platform?.decoded.ok) return [];
  const pods = Map.groupBy(
    facts.workloads.flatMap(({ namespace, pods }) => pods.map(({ labels }) => ({ namespace, labels }))),
    ({ namespace }) => namespace,
  );
  return declaredIn(view, view.platform.decoded.value.spec).flatMap(({ role, what, path, peers }) => {
    const [peer, ...more] = peers;
    const absence = peer && more.length === 0 ? absenceOf(peer, pods, view) : undefined;
    if (absence === undefined) return [];
    const { code, why, where } = absence;
    return {
      ...{ role, code, path },
      subject: { kind: 'PlatformNetworkProfile', name: platformProfileName },
      message: `no pod is ${what}: ${why}`,
      hint: `correct \`spec.${role}\` of the platform profile; compare it with \`kubectl get pods ${where} --show-labels\``,
    };
  });
}

/** Why a peer selects no pod; `undefined` if it selects one, or if no pod is known where it looks. */
function absenceOf(
  peer: Peer,
  pods: ReadonlyMap<string, readonly { readonly labels: Labels }[]>,
  { namespaces }: Pick<ClusterView, 'namespaces'>,
): { readonly code: FindingCode; readonly why: string; readonly where: string } | undefined {
  const [namespace] = onlyNamesIn(namespaceSelectorOf(peer) ?? {});
  if (namespace === undefined || 'ipBlock' in peer) return undefined;
  if (!namespaces.has(namespace)) {
    // It may be installed later.
    return {
      code: 'SourceMissing',
      why: `there is no namespace \`${namespace}\``,
      where: '--all-namespaces',
    };
  }
  const { podSelector = {} } = peer;
  const others = pods.get(namespace) ?? [];
  if (others.length === 0 || others.some(({ labels }) => selects(podSelector, labels))) return undefined;
  return {
    code: 'PeerSelectsNothing',
    why: `none of \`${namespace}\` has the labels ${formatSelector(podSelector)}`,
    where: `-n ${namespace}`,
  };
}

function declaredIn(view: ClusterView, spec: PlatformNetworkProfileSpec): readonly Declared[] {
  const { namespace, podSelector } = spec.dns ?? {};
  const controllers = ingressControllers(view, spec);
  return [
    ...(namespace === undefined && podSelector === undefined
      ? []
      : [
          {
            role: 'dns',
            what: 'the DNS that fenced pods may ask',
            path: 'spec.dns',
            peers: dnsPods(view, spec),
          } as const,
        ]),
    ...spec.ingressControllers.flatMap(({ name, preset }, index) =>
      preset === 'gateway-api'
        ? []
        : {
            role: 'ingressControllers' as const,
            what: `ingress controller \`${name}\``,
            path: `spec.ingressControllers[${index}]`,
            peers: controllers[index]?.peers ?? [],
          },
    ),
    ...monitoringSystems(spec).map(({ name, peers = [] }, index) => ({
      role: 'monitoring' as const,
      what: `monitoring system \`${name}\``,
      path: `spec.monitoring[${index}]`,
      peers,
    })),
  ];
}

function dnsPods(view: ClusterView, spec: PlatformNetworkProfileSpec): readonly Peer[] {
  const peers = clusterServicesOf(view, spec).dns.flatMap((rule) => rule.peers);
  return peers.filter((peer) => !('ipBlock' in peer));
}
