// Ports that lead nowhere: no container of the destination declares them. Most often somebody wrote the Service's port instead
// of the pod's. Undeclared ports are invisible, so numbers are not checked against pods that declare no port at all.
// Also port names that mean different numbers in different pods.
import type { Finding } from '../../model/findings.ts';
import { type Direction, isStandIn } from '../../model/network-policy.ts';
import { selects } from '../../model/selectors.ts';
import type { PolicyFacts, RulePort } from '../facts.ts';
import type { ParsedRule } from '../rules.ts';
import { aboutPolicy, eachRule, listNames, rulePath } from './check.ts';
import { type LintContext, type LintPod, podPeersOf } from './lint-context.ts';

/** Finds ports of rules that no container of the destination declares, and names that mean different numbers there. */
export function portsLeadNowhere(context: LintContext): readonly Finding[] {
  return eachRule(context, (policy, direction, rule) => {
    const pods = destinationsOf(context, policy, direction, rule);
    const { ports = [] } = rule;
    return ports.flatMap((port, place) => {
      if (isStandIn(port, rule)) return [];
      const path = `${rulePath(direction, rule.index)}.ports[${place}].port`;
      return judge(context, policy, { port, path, pods, isNamedOnly: !ports.some(isNumber) });
    });
  });
}

/** The pods that a rule leads to; none if it also leads to anything else. */
function destinationsOf(
  context: LintContext,
  policy: PolicyFacts,
  direction: Direction,
  rule: ParsedRule,
): readonly LintPod[] {
  if (direction === 'Ingress') return context.selectedBy(policy).filter(({ hostNetwork }) => !hostNetwork);
  const peers = podPeersOf(rule);
  if (peers === undefined || peers.length < (rule.peers?.length ?? 0)) return [];
  return peers.flatMap((peer) => context.selectedAs(peer));
}

function declares({ ports }: LintPod, { protocol = 'TCP', port, endPort }: RulePort): boolean {
  if (port === undefined) return true;
  return ports.some((declared) => {
    if (declared.protocol !== protocol) return false;
    if (typeof port === 'string') return declared.name === port;
    return port <= declared.number && declared.number <= (endPort ?? port);
  });
}

/** A port of a rule, and the pods that the rule leads to. */
interface JudgedPort {
  readonly port: RulePort;
  readonly path: string;
  readonly pods: readonly LintPod[];
  /** Whether no port of the rule is a number. */
  readonly isNamedOnly: boolean;
}

function judge(context: LintContext, policy: PolicyFacts, judged: JudgedPort): readonly Finding[] {
  const { port, pods } = judged;
  // A container may listen on a number that it does not declare; a name only means declared ports.
  const targets = isNumber(port) ? pods.filter(({ ports }) => ports.length > 0) : pods;
  if (targets.length === 0) return [];
  return targets.some((pod) => declares(pod, port))
    ? nameDiffers(policy, judged)
    : leadsNowhere(context, policy, { ...judged, pods: targets });
}

function isNumber({ port }: RulePort): boolean {
  return typeof port !== 'string';
}

/** The meanings of a name in different pods, if these are not the same number. */
function nameDiffers(policy: PolicyFacts, { port, path, pods }: JudgedPort): readonly Finding[] {
  const { port: name, protocol = 'TCP' } = port;
  if (typeof name !== 'string') return [];
  const numbers = pods.flatMap((pod) =>
    pod.ports
      .filter((declared) => declared.name === name && declared.protocol === protocol)
      .map(({ number }) => ({ number, workload: pod.workload.name })),
  );
  const byNumber = [...Map.groupBy(numbers, ({ number }) => number)].sort(([a], [b]) => a - b);
  if (byNumber.length < 2) return [];
  const meanings = byNumber.map(
    ([number, some]) =>
      `\`${number}\` in ${listNames([...new Set(some.map(({ workload }) => workload))].sort())}`,
  );
  return [
    aboutPolicy(policy, 'PortNameDiffers', {
      path,
      message: `the port \`${tell(port)}\` is ${meanings.slice(0, 5).join(', ')}${meanings.length > 5 ? `, and ${meanings.length - 5} other numbers` : ''}`,
      hint: 'each pod is opened on its own number; if you mean one number, write it',
    }),
  ];
}

function leadsNowhere(context: LintContext, policy: PolicyFacts, lost: JudgedPort): readonly Finding[] {
  const { port, path, pods: targets, isNamedOnly } = lost;
  const mistaken = servicePortOf(context, lost);
  const written = tell(port);
  if (mistaken !== undefined) {
    const { service, target } = mistaken;
    return [
      aboutPolicy(policy, 'ServicePortMistaken', {
        path,
        message: `\`${written}\` is a port of Service \`${service}\`, whose pods listen on \`${target}\`: policies apply to the pods' ports`,
        hint: `write \`${target}\``,
      }),
    ];
  }
  const declared = [...new Set(targets.flatMap(({ ports }) => ports.map(tellDeclared)))].sort();
  const pods = [...new Set(targets.map(({ workload }) => workload.name))].sort();
  return [
    aboutPolicy(policy, 'PortNotDeclared', {
      path,
      message: `no container of ${listNames(pods)} declares the port \`${written}\``,
      hint: `${declared.length === 0 ? 'they declare no port' : `they declare ${listNames(declared)}`}${noteOn(port, isNamedOnly)}`,
    }),
  ];
}

function noteOn(port: RulePort, isNamedOnly: boolean): string {
  if (isNumber(port)) return '; a container may listen on a port that it does not declare';
  return isNamedOnly
    ? '; kube-router opens every port for a rule with only such names: write the number, or add a number to the names'
    : '';
}

/** The Service with this port in front of some of the pods, and the port behind it. */
function servicePortOf(
  context: LintContext,
  { port: { port, protocol = 'TCP' }, pods }: JudgedPort,
): { readonly service: string; readonly target: number | string } | undefined {
  for (const pod of pods) {
    for (const service of context.servicesIn(pod.workload.namespace)) {
      if (service.selector === undefined || !selects({ matchLabels: service.selector }, pod.labels)) continue;
      const found = service.ports.find(
        (candidate) =>
          candidate.protocol === protocol && (candidate.port === port || candidate.name === port),
      );
      if (found !== undefined && found.targetPort !== port) {
        return { service: service.name, target: found.targetPort };
      }
    }
  }
  return undefined;
}

function tell({ protocol = 'TCP', port, endPort }: RulePort): string {
  const range = endPort === undefined ? `${port}` : `${port}-${endPort}`;
  return protocol === 'TCP' ? range : `${range}/${protocol}`;
}

function tellDeclared({ name, number, protocol }: LintPod['ports'][number]): string {
  const port = protocol === 'TCP' ? `${number}` : `${number}/${protocol}`;
  return name === undefined ? port : `${port} (${name})`;
}
