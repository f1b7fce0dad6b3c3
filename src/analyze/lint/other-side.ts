// Rules without effect because of the other side: it isolates all of its pods, and none of its rules lets them through.
// A connection needs both sides.
import { aboutPolicy, type Finding } from '../../model/findings.ts';
import type { Direction } from '../../model/network-policy.ts';
import { type PortSet, portSets } from '../../model/port-set.ts';

import { resolvePorts } from '../rule-ports.ts';
import { isBlock, type ParsedRule } from '../rules.ts';
import { eachPeer, listNames } from './check.ts';
import type { LintContext, LintPod } from './lint-context.ts';

/** Finds peers of rules with which no connection is possible. */
export function otherSideDenies(context: LintContext): readonly Finding[] {
  return eachPeer(context, (peer, path, rule, direction) => {
    if (isBlock(peer)) return [];
    const pods = context.selectedBy(rule.policy).filter(({ hostNetwork }) => !hostNetwork);
    const question = { pods, others: context.selectedAs(peer), rule, direction };
    if (pods.length === 0 || question.others.length === 0 || isReachable(context, question)) return [];
    return [deniedFinding(question, path)];
  });
}

/** Whether pods that a rule selects, and pods that one of its peers selects, can connect. */
interface Question {
  readonly pods: readonly LintPod[];
  readonly others: readonly LintPod[];
  readonly rule: ParsedRule;
  readonly direction: Direction;
}

function deniedFinding({ pods, others, rule, direction }: Question, path: string): Finding {
  const [theirs, other] = [listNames(namesOf(others)), opposite(direction)];
  return aboutPolicy(rule.policy, 'OtherSideDenies', {
    path,
    message: `this allows connections ${direction === 'Ingress' ? 'from' : 'to'} ${theirs}, whose own policies deny them for ${other}`,
    hint: `allow it on the other side too: add an ${other.toLowerCase()} rule for ${listNames(namesOf(pods))}`,
  });
}

function isReachable(context: LintContext, { pods, others, rule, direction }: Question): boolean {
  return others.some((other) => {
    const theirs = context.rulesFor(other, opposite(direction));
    if (theirs === undefined) return true;
    return theirs.some((their) =>
      podsInRule(context, their, pods).some((pod) => {
        const destination = direction === 'Ingress' ? pod : other;
        return portSets.overlap(portsAt(rule, destination), portsAt(their, destination));
      }),
    );
  });
}

/** Those of the pods that a rule of the other side lets through. A block may match any pod whose address is not known. */
function podsInRule(
  context: LintContext,
  { peers }: ParsedRule,
  pods: readonly LintPod[],
): readonly LintPod[] {
  if (peers === undefined || peers.some(isBlock)) return pods;
  return pods.filter((pod) => peers.some((peer) => !isBlock(peer) && context.isSelectedAs(peer, pod)));
}

function portsAt({ ports }: ParsedRule, destination: LintPod): PortSet {
  return resolvePorts(ports, destination.ports);
}

function opposite(direction: Direction): Direction {
  return direction === 'Ingress' ? 'Egress' : 'Ingress';
}

function namesOf(pods: readonly LintPod[]): readonly string[] {
  return [...new Set(pods.map(({ workload }) => `${workload.namespace}/${workload.name}`))].sort();
}
