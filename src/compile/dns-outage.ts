// The outage of outages: a ring around the DNS of the cluster that does not let every pod ask it.
// Looks at what is opened, however it came about; must not know profiles.
import type { Finding } from '../model/findings.ts';
import type { Peer, PolicyPort, Rule } from '../model/network-policy.ts';
import { writtenPorts } from '../model/policy-ports.ts';
import { portsContain } from '../model/port-cover.ts';
import { asksNoMore } from '../model/selector-order.ts';
import { type LabelSelector, nameOf } from '../model/selectors.ts';
import type { Opening } from './openings.ts';
import { suggestRoute } from './suggestion.ts';
import type { World } from './world.ts';

/**
 * Whether the pods of the cluster's DNS are in a ringed namespace, and some port at which they are asked is not open to every
 * namespace there: who lets in but some has shut out the others.
 */
export function dnsOutage(
  namespace: string,
  { dns }: Pick<World, 'dns'>,
  openings: readonly Opening[],
): readonly Finding[] {
  return dns.flatMap((rule) => {
    const pods = podsIn(namespace, rule);
    if (pods === undefined) return [];
    const open = openings.filter((opening) => letsEverybodyIn(opening, pods));
    return areOpen(rule.ports, open) ? [] : [shutOut(namespace, pods, rule)];
  });
}

function podsIn(namespace: string, { peers: [peer] }: Rule): LabelSelector | undefined {
  if ('ipBlock' in peer || nameOf(peer.namespaceSelector ?? {}) !== namespace) return undefined;
  return peer.podSelector;
}

function letsEverybodyIn({ direction, pods, rule }: Opening, asked: LabelSelector): boolean {
  return direction === 'Ingress' && asksNoMore(pods, asked) && rule.peers.some(isEverybody);
}

function isEverybody(peer: Peer): boolean {
  if ('ipBlock' in peer || peer.namespaceSelector === undefined) return false;
  return asksNoMore(peer.namespaceSelector, {}) && asksNoMore(peer.podSelector, {});
}

/** Which number a name is, only the pods say: it may be any. */
function areOpen(asked: Rule['ports'], openings: readonly Opening[]): boolean {
  if (openings.some(({ rule }) => rule.ports === undefined)) return true;
  const open: readonly PolicyPort[] = openings.flatMap(({ rule }) => rule.ports ?? []);
  return (asked ?? []).every(
    (port) =>
      portsContain(open, [port]) ||
      open.some((other) => typeof other.port === 'string' && other.protocol === port.protocol),
  );
}

function shutOut(namespace: string, pods: LabelSelector, { ports }: Rule): Finding {
  const route = { name: 'dns', from: { cluster: {} }, to: { pods }, ports: writtenPorts(ports) };
  return {
    code: 'DnsShutOut',
    subject: { kind: 'Namespace', name: namespace },
    message:
      'the DNS of the cluster is here, and no route lets every namespace ask it: the ring denies that, and names are not resolved any more',
    hint: `add to a profile in \`${namespace}\`:\n${suggestRoute(route)}`,
  };
}
