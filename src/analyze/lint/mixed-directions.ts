// Policies with rules for both directions, which kube-router mixes up: it lets a connection between two pods of such a policy leave
// because the policy lets it in, and the other way round. Only what no other rule allows anyway is reported, and not between the pods
// of one workload.
//
// Source: setupPodNetpolRules in pkg/controllers/netpol/pod.go of kube-router 2.1.0 has one chain for all rules of a policy, and a
// policy with both directions is consulted for both.

import { quoteSome } from '../../model/counted.ts';
import { aboutNamespace, type Finding } from '../../model/findings.ts';
import { parseAddress } from '../../model/ip-ranges.ts';
import { canonicalJson, type Direction, directions } from '../../model/network-policy.ts';
import { compareKeys, compareText } from '../../model/object-key.ts';
import { allPorts, type PortSet, portSets } from '../../model/port-set.ts';
import { valuesIn } from '../../model/result.ts';
import type { PolicyFacts } from '../facts.ts';
import { resolvePorts } from '../rule-ports.ts';
import { isBlock, isolationOf, type ParsedRule } from '../rules.ts';
import { isIn } from '../sides.ts';
import type { LintContext, LintPod } from './lint-context.ts';

/** Finds namespaces in which kube-router lets more through than policies with both directions allow; one finding for all of them. */
export function directionsAreMixed(context: LintContext): readonly Finding[] {
  return context.namespaceNames.flatMap((namespace) => {
    const mixed = context.policiesIn(namespace).flatMap((policy) => {
      const leak = leakOf(context, policy);
      return leak === undefined ? [] : [{ name: policy.name, leak }];
    });
    const [first] = mixed;
    if (first === undefined) return [];
    const names = quoteSome(
      mixed.map(({ name }) => name),
      5,
    );
    const [has, which] = mixed.length === 1 ? ['policy', 'has'] : ['policies', 'have'];
    return [
      aboutNamespace(namespace, 'DirectionsMixed', {
        message: `the ${has} ${names} ${which} rules for both directions, which kube-router (2.1.0) mixes up: ${tell(first.leak)}`,
        hint: 'write one policy for each direction if kube-router enforces them; other CNIs are not affected',
      }),
    ];
  });
}

/** A connection that kube-router lets through: `rule` allows it, and the other side, `denied`, does not. */
interface Leak {
  readonly from: LintPod;
  readonly to: LintPod;
  readonly denied: Direction;
}

function tell({ from, to, denied }: Leak): string {
  const [source, target] = [from, to].map(({ workload }) => `\`${workload.name}\``);
  return denied === 'Egress'
    ? `it also lets ${source} send to ${target}, which no egress rule of ${source} allows`
    : `it also lets ${source} reach ${target}, which no ingress rule of ${target} allows`;
}

function leakOf(context: LintContext, policy: PolicyFacts): Leak | undefined {
  if (isolationOf(policy.spec).length < directions.length) return undefined;
  const pods = inOrder(context.selectedBy(policy).filter(({ hostNetwork }) => !hostNetwork));
  for (const direction of directions) {
    for (const rule of context.rulesOf(policy, direction)) {
      const leak = leakThrough(context, rule, direction, pods);
      if (leak !== undefined) return leak;
    }
  }
  return undefined;
}

/** The same order, whatever that of the input. */
function inOrder(pods: readonly LintPod[]): readonly LintPod[] {
  const keyed = pods.map((pod) => ({ pod, key: canonicalJson(pod) }));
  return keyed
    .sort((a, b) => compareKeys(a.pod.workload, b.pod.workload) || compareText(a.key, b.key))
    .map(({ pod }) => pod);
}

/** A connection between two of the pods that a rule allows in its direction, and that the other end's own side denies. */
function leakThrough(
  context: LintContext,
  rule: ParsedRule,
  direction: Direction,
  pods: readonly LintPod[],
): Leak | undefined {
  const denied = direction === 'Ingress' ? 'Egress' : 'Ingress';
  for (const other of pods.filter((pod) => lets(context, rule, pod) === 'yes')) {
    const theirs = context.rulesFor(other, denied) ?? [];
    for (const own of pods) {
      if (own === other) continue;
      const [from, to] = direction === 'Ingress' ? [other, own] : [own, other];
      const allowed = theirs.filter((each) => lets(context, each, own) !== 'no');
      const union = portSets.union(...allowed.map((each) => resolvePorts(each.ports, to.ports)));
      if (!portSets.covers(union, portsThrough(rule, to))) return { from, to, denied };
    }
  }
  return undefined;
}

/** Whether a rule lets a pod through; a block may match a pod whose address is not known. */
function lets(context: LintContext, { peers }: ParsedRule, pod: LintPod): 'yes' | 'maybe' | 'no' {
  if (peers === undefined) return 'yes';
  if (peers.some((peer) => !isBlock(peer) && context.isSelectedAs(peer, pod))) return 'yes';
  const blocks = peers.filter(isBlock);
  if (blocks.length > 0 && pod.addresses.length === 0) return 'maybe';
  const addresses = valuesIn(pod.addresses.map(parseAddress));
  return blocks.some((block) => addresses.some((address) => isIn(block, address))) ? 'yes' : 'no';
}

/** What a rule opens of the ports that a pod declares; if it declares none, only a rule for all ports counts. */
function portsThrough({ ports }: ParsedRule, { ports: declared }: LintPod): PortSet {
  if (ports === undefined) return allPorts;
  const served = portSets.of((protocol) =>
    declared
      .filter((port) => port.protocol === protocol)
      .map(({ number }) => ({ first: number, last: number })),
  );
  return portSets.intersection(resolvePorts(ports, declared), served);
}
