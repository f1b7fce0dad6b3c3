// Rules without effect because of the other side: it isolates all of its pods, and none of its rules lets them through.
// A connection needs both sides.
import type { Finding } from '../../model/findings.ts';
import { type Direction, directions } from '../../model/network-policy.ts';
import { allPorts, type PortSet, portSets } from '../../model/port-set.ts';
import type { PolicyFacts } from '../facts.ts';
import { resolvePorts } from '../rule-ports.ts';
import { isBlock, type ParsedRule, rulesOf } from '../rules.ts';
import { aboutPolicy, listNames, peerPath } from './check.ts';
import type { LintContext, LintPod } from './lint-context.ts';

/** Finds peers of rules with which no connection is possible. */
export function otherSideDenies(context: LintContext): readonly Finding[] {
  return context.policies.flatMap((policy) => {
    const pods = context.selectedBy(policy).filter(({ hostNetwork }) => !hostNetwork);
    if (pods.length === 0) return [];
    return directions.flatMap((direction) =>
      rulesOf(policy, direction).flatMap((rule) => {
        const peers = (rule.peers ?? []).map((peer, place) => ({ peer, place }));
        return peers.flatMap(({ peer, place }) => {
          if (isBlock(peer)) return [];
          const question = { pods, others: context.selectedAs(peer), rule, direction };
          const isLost = question.others.length > 0 && !isReachable(context, question);
          return isLost ? [inVain(policy, question, peerPath(direction, rule.index, place))] : [];
        });
      }),
    );
  });
}

interface Question {
  readonly pods: readonly LintPod[];
  readonly others: readonly LintPod[];
  readonly rule: ParsedRule;
  readonly direction: Direction;
}

function inVain(policy: PolicyFacts, { pods, others, direction }: Question, path: string): Finding {
  const [theirs, other] = [listNames(namesOf(others)), opposite(direction)];
  return aboutPolicy(policy, 'OtherSideDenies', {
    path,
    message: `this allows connections ${direction === 'Ingress' ? 'from' : 'to'} ${theirs}, whose own policies deny them for ${other}`,
    hint: `allow it on the other side too: add an ${other.toLowerCase()} rule for ${listNames(namesOf(pods))}`,
  });
}

function isReachable(context: LintContext, { pods, others, rule, direction }: Question): boolean {
  return others.some((other) => {
    const theirs = context.rulesFor(other, opposite(direction));
    if (theirs === undefined) return true;
    return theirs.some((their) => {
      const met = metBy(context, their, pods);
      return met.some((pod) => {
        const destination = direction === 'Ingress' ? pod : other;
        return !portSets.isEmpty(
          portSets.intersection(portsAt(rule, destination), portsAt(their, destination)),
        );
      });
    });
  });
}

/** Those of the pods in a rule of the other side. A block may match any pod whose address is not known. */
function metBy(context: LintContext, { peers }: ParsedRule, pods: readonly LintPod[]): readonly LintPod[] {
  if (peers === undefined || peers.some(isBlock)) return pods;
  return pods.filter((pod) => peers.some((peer) => !isBlock(peer) && context.isSelectedAs(peer, pod)));
}

function portsAt({ ports }: ParsedRule, destination: LintPod): PortSet {
  return ports === undefined ? allPorts : resolvePorts(ports, destination.ports);
}

function opposite(direction: Direction): Direction {
  return direction === 'Ingress' ? 'Egress' : 'Ingress';
}

function namesOf(pods: readonly LintPod[]): readonly string[] {
  return [...new Set(pods.map(({ workload }) => `${workload.namespace}/${workload.name}`))].sort();
}
