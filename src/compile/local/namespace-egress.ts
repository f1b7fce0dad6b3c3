// The egress mode of a namespace, and what its ring leaves open for every pod because of it.
// Must not know routes: others check whether the ring already allows a route.

import { type EgressMode, egressModes } from '../../api/egress.ts';
import { blockPeers, type Rule } from '../../model/network-policy.ts';
import { isCovered } from '../../model/rule-cover.ts';
import { namespaceNamed } from '../../model/selectors.ts';
import type { ProfileFacts } from '../../view/cluster-view.ts';
import type { ClusterServices } from '../platform/cluster-services.ts';

/** The egress of one namespace. */
export interface Egress {
  readonly mode: EgressMode;
  /** What the ring allows every pod; nothing if egress is not fenced, because nothing has to be allowed. */
  readonly open: readonly Rule[];
}

/**
 * The egress of a namespace: the strictest mode of the platform's floor and of its profiles, including those that don't decode.
 *
 * @param floor the platform's mode for the namespace
 */
export function egressOf(
  floor: EgressMode,
  profiles: readonly ProfileFacts[],
  clusterServices: ClusterServices,
): Egress {
  const asked = profiles.flatMap(({ egress }) => egress ?? []);
  const mode = egressModes[Math.max(...[floor, ...asked].map(strictness))] ?? floor;
  return {
    mode,
    open: mode === 'Unrestricted' ? [] : [...clusterServices.dns, ...clusterRules(mode, clusterServices)],
  };
}

/**
 * What is open inside the cluster in mode ClusterOnly: every namespace, the addresses of Services and the API server.
 * CNIs differ in whether a range matches pods, and in whether they match before or after a Service's address is translated.
 */
export function clusterRules(mode: EgressMode, { apiServer, ranges }: ClusterServices): readonly Rule[] {
  if (mode !== 'ClusterOnly') return [];
  return [{ peers: [{ namespaceSelector: {} }, ...blockPeers(ranges.services)] }, ...apiServer];
}

/** Whether egress from `namespace` needs a rule, because egress is fenced there and the ring does not allow it. */
export function isClosed({ mode, open }: Egress, rule: Rule, namespace: string): boolean {
  if (mode === 'Unrestricted') return false;
  // A peer without a namespace means the own one.
  const peers = rule.peers.map((peer) =>
    'ipBlock' in peer ? peer : { namespaceSelector: namespaceNamed(namespace), ...peer },
  ) as unknown as Rule['peers'];
  return !isCovered({ ...rule, peers }, open);
}

/** The larger, the stricter. */
export function strictness(mode: EgressMode): number {
  return egressModes.indexOf(mode);
}
