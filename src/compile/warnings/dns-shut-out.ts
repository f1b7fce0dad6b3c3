// A ring around the DNS of the cluster that does not let every pod query it: the widest possible outage.
// Checks the allow rules, whatever their origin; must not know profiles.
import { aboutNamespace, type Finding } from '../../model/findings.ts';
import type { Peer, PolicyPort, Rule } from '../../model/network-policy.ts';
import { writtenPorts } from '../../model/policy-ports.ts';
import { portsContain } from '../../model/port-cover.ts';
import { asksNoMore } from '../../model/selector-order.ts';
import { type LabelSelector, nameOf } from '../../model/selectors.ts';
import type { AllowRule } from '../local/allow-rule.ts';
import type { LocalNamespace } from '../local/local-namespace.ts';
import { hintToAdd } from '../local/suggested-routes.ts';
import type { CheckedNamespace } from './warning-check.ts';

/** `DnsShutOut`: the pods of the cluster's DNS are here, and one of their ports is not open to every namespace. */
export function dnsShutOut({
  run: { clusterServices },
  local,
  routeRules,
}: CheckedNamespace): readonly Finding[] {
  const namespace = local.facts.name;
  return clusterServices.dns.flatMap((rule) => {
    const pods = podsIn(namespace, rule);
    if (pods === undefined) return [];
    const open = routeRules.filter((allowRule) => admitsEveryNamespace(allowRule, pods));
    return areOpen(rule.ports, open) ? [] : [dnsShutOutFinding(local, pods, rule)];
  });
}

function podsIn(namespace: string, { peers: [peer] }: Rule): LabelSelector | undefined {
  if ('ipBlock' in peer || nameOf(peer.namespaceSelector ?? {}) !== namespace) return undefined;
  return peer.podSelector;
}

function admitsEveryNamespace({ direction, pods, rule }: AllowRule, asked: LabelSelector): boolean {
  return direction === 'Ingress' && asksNoMore(pods, asked) && rule.peers.some(isEveryNamespace);
}

function isEveryNamespace(peer: Peer): boolean {
  if ('ipBlock' in peer || peer.namespaceSelector === undefined) return false;
  return asksNoMore(peer.namespaceSelector, {}) && asksNoMore(peer.podSelector, {});
}

/** Only the pods define the number of a port name: it may be any. */
function areOpen(asked: Rule['ports'], allowRules: readonly AllowRule[]): boolean {
  if (allowRules.some(({ rule }) => rule.ports === undefined)) return true;
  const open: readonly PolicyPort[] = allowRules.flatMap(({ rule }) => rule.ports ?? []);
  return (asked ?? []).every(
    (port) =>
      portsContain(open, [port]) ||
      open.some((other) => typeof other.port === 'string' && other.protocol === port.protocol),
  );
}

function dnsShutOutFinding(local: LocalNamespace, pods: LabelSelector, { ports }: Rule): Finding {
  const written = writtenPorts(ports);
  const route = {
    ...{ name: 'dns', from: { cluster: {} }, to: { pods } },
    ...(written === undefined ? {} : { ports: written }),
  };
  return aboutNamespace(local.facts.name, 'DnsShutOut', {
    message:
      'the DNS of the cluster is here, and no route lets every namespace query it: the ring denies the queries, and names can no longer be resolved',
    hint: hintToAdd(local, route),
  });
}
