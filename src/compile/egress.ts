// How strict the egress of a namespace is, and what its ring leaves open for every pod because of it.
// Must not know routes: whether one is needed besides is asked of what the ring allows.

import { type EgressMode, egressModes } from '../api/egress.ts';
import type { Finding } from '../model/findings.ts';
import type { Peer, Rule } from '../model/network-policy.ts';
import { isCovered } from '../model/rule-cover.ts';
import { namespaceNamed } from '../model/selectors.ts';
import type { NamespaceFacts, ProfileFacts } from '../view/cluster-view.ts';
import type { World } from './world.ts';

/** What egress is like in one namespace. */
export interface Egress {
  readonly mode: EgressMode;
  /** What the ring allows every pod; nothing where egress is not fenced, because nothing has to be. */
  readonly open: readonly Rule[];
}

/**
 * The egress of a namespace: the strictest of the platform's floor and of what its profiles say, also those that don't decode.
 *
 * @param floor the platform's mode for the namespace
 */
export function egressOf(floor: EgressMode, profiles: readonly ProfileFacts[], world: World): Egress {
  const asked = profiles.flatMap(({ egress }) => egress ?? []);
  const mode = egressModes[Math.max(...[floor, ...asked].map(strictness))] ?? floor;
  return { mode, open: mode === 'Unrestricted' ? [] : [...world.dns, ...clusterRules(mode, world)] };
}

/**
 * What is open inside the cluster in mode ClusterOnly: every namespace, the addresses of Services and the API server.
 * CNIs differ in whether a range matches pods, and in whether they match before or after a Service's address is translated.
 */
export function clusterRules(mode: EgressMode, { apiServer, ranges }: World): readonly Rule[] {
  if (mode !== 'ClusterOnly') return [];
  const services = (ranges.services ?? []).map((cidr): Peer => ({ ipBlock: { cidr } }));
  return [{ peers: [{ namespaceSelector: {} }, ...services] }, ...apiServer];
}

/** Whether a way out of `namespace` has to be opened, because egress is fenced there and the ring does not leave it open. */
export function isClosed({ mode, open }: Egress, rule: Rule, namespace: string): boolean {
  if (mode === 'Unrestricted') return false;
  // A peer without a namespace means the own one.
  const peers = rule.peers.map((peer) =>
    'ipBlock' in peer ? peer : { namespaceSelector: namespaceNamed(namespace), ...peer },
  ) as unknown as Rule['peers'];
  return !isCovered({ ...rule, peers }, open);
}

/** What a person should know of the egress of a namespace: what had to be left closed, and what has no effect. */
export function egressFindings(
  { name }: NamespaceFacts,
  { mode }: Egress,
  profiles: readonly ProfileFacts[],
  floor: EgressMode,
  world: World,
): readonly Finding[] {
  const weaker = profiles.flatMap((profile) => {
    const { egress: asked } = profile;
    return asked !== undefined && strictness(asked) < strictness(floor)
      ? [weakerEgress(profile, asked, floor)]
      : [];
  });
  if (mode === 'Unrestricted') return weaker;
  const closed: readonly (Finding | undefined)[] = [
    world.dns.length === 0 ? unknown(name, 'DnsUnknown', dnsUnknown[mode]) : undefined,
    mode === 'ClusterOnly' && world.apiServer.length === 0
      ? unknown(name, 'ApiServerUnknown', apiServerUnknown)
      : undefined,
    mode === 'ClusterOnly' && world.ranges.services === undefined
      ? unknown(name, 'ClusterRangesUnknown', servicesUnknown)
      : undefined,
  ];
  return [...weaker, ...closed.filter((finding) => finding !== undefined)];
}

function strictness(mode: EgressMode): number {
  return egressModes.indexOf(mode);
}

function weakerEgress({ namespace, name }: ProfileFacts, asked: EgressMode, floor: EgressMode): Finding {
  return {
    code: 'WeakerEgress',
    subject: { kind: 'AppNetworkProfile', namespace, name },
    path: 'spec.egress',
    message: `\`${asked}\` is weaker than \`${floor}\`, which the platform asks for here and which holds`,
    hint: 'leave `egress` out, or ask the platform engineers for a rule in `spec.rules` of the platform profile',
  };
}

const setDns = "a platform engineer sets the platform profile's `spec.dns`";
const dnsUnknown = {
  ClusterOnly: {
    message:
      'the DNS of the cluster is not known: where it is outside of all pods and Services, no pod here may ask it',
    hint: setDns,
  },
  Restricted: { message: 'the DNS of the cluster is not known: no pod here may ask it', hint: setDns },
};

const apiServerUnknown = {
  message: 'the addresses of the API server are not known: no pod here may reach it',
  hint: 'a platform engineer sets `spec.kubernetesAPI.addresses` and `spec.kubernetesAPI.ports` of the platform profile',
};

const servicesUnknown = {
  message:
    'the addresses of Services are not known: a CNI that matches them before they are translated denies them',
  hint: "a platform engineer sets the platform profile's `spec.cluster.serviceRanges`",
};

function unknown(
  namespace: string,
  code: 'DnsUnknown' | 'ApiServerUnknown' | 'ClusterRangesUnknown',
  told: { readonly message: string; readonly hint: string },
): Finding {
  return { code, subject: { kind: 'Namespace', name: namespace }, ...told };
}
