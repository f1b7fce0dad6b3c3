// Ports that lead nowhere: no container of the destination declares them. Most often somebody wrote the Service's port instead
// of the pod's. Undeclared ports are invisible, so numbers are not checked against pods that declare no port at all.
// Also port names that mean different numbers in different pods.
import { nearest } from '../../model/did-you-mean.ts';
import { aboutPolicy, type Finding } from '../../model/findings.ts';
import { type Direction, isStandIn } from '../../model/network-policy.ts';
import { withPortName, withProtocol } from '../../model/ports.ts';
import { selects } from '../../model/selectors.ts';
import { leadingToUndeclared } from '../offered-ports.ts';
import { type RulePort, resolvePorts } from '../rule-ports.ts';
import { isBlock, type ParsedRule } from '../rules.ts';
import { eachRule, listNames, listWorkloads, rulePath } from './check.ts';
import type { LintContext, LintPod } from './lint-context.ts';

/** Finds ports of rules that no container of the destination declares, and names that mean different numbers there. */
export function portsLeadNowhere(context: LintContext): readonly Finding[] {
  return eachRule(context, (rule, direction) => {
    const pods = destinationsOf(context, rule, direction);
    const { ports = [] } = rule;
    return ports.flatMap((port, place) => {
      if (isStandIn(port, rule)) return [];
      const path = `${rulePath(direction, rule.index)}.ports[${place}].port`;
      return checkPort(context, { rule, port, path, pods });
    });
  });
}

/** The pods that a rule leads to; none if it also leads to anything else, or to pods that are not known. */
function destinationsOf(context: LintContext, rule: ParsedRule, direction: Direction): readonly LintPod[] {
  const { policy, peers = [] } = rule;
  if (direction === 'Ingress') {
    const { namespace } = policy;
    const mayHide = context.mayHidePods({ namespace, podSelector: policy.spec.podSelector });
    return mayHide ? [] : context.selectedBy(policy).filter(({ hostNetwork }) => !hostNetwork);
  }
  return peers.some((peer) => isBlock(peer) || context.mayHidePods(peer))
    ? []
    : peers.flatMap((peer) => (isBlock(peer) ? [] : context.selectedAs(peer)));
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
interface CheckedPort {
  readonly rule: ParsedRule;
  readonly port: RulePort;
  readonly path: string;
  readonly pods: readonly LintPod[];
}

function checkPort(context: LintContext, checked: CheckedPort): readonly Finding[] {
  const { port, pods } = checked;
  // A container may listen on a number that it does not declare; a name only means declared ports.
  const targets = isNumber(port) ? pods.filter(({ ports }) => ports.length > 0) : pods;
  if (targets.length === 0) return [];
  return targets.some((pod) => declares(pod, port))
    ? nameDiffers(checked)
    : leadsNowhere(context, { ...checked, pods: targets });
}

function isNumber({ port }: RulePort): boolean {
  return typeof port !== 'string';
}

/** The meanings of a name in different pods, if these are not the same number. */
function nameDiffers({ rule: { policy }, port, path, pods }: CheckedPort): readonly Finding[] {
  const { port: name, protocol = 'TCP' } = port;
  if (typeof name !== 'string') return [];
  const numbers = pods.flatMap((pod) =>
    pod.ports
      .filter((declared) => declared.name === name && declared.protocol === protocol)
      .map(({ number }) => ({ number, workload: pod.workload })),
  );
  const byNumber = [...Map.groupBy(numbers, ({ number }) => number)].sort(([a], [b]) => a - b);
  if (byNumber.length < 2) return [];
  const meanings = byNumber.map(([number, some]) => `\`${number}\` in ${listWorkloads(some)}`);
  return [
    aboutPolicy(policy, 'PortNameDiffers', {
      path,
      message: `the port \`${formatRulePort(port)}\` is ${meanings.slice(0, 5).join(', ')}${meanings.length > 5 ? `, and ${meanings.length - 5} other numbers` : ''}`,
      hint: 'each pod is opened on its own number; if you mean one number, write it',
    }),
  ];
}

function leadsNowhere(context: LintContext, undeclared: CheckedPort): readonly Finding[] {
  const { rule, port, path, pods } = undeclared;
  const { policy } = rule;
  const mistaken = servicePortOf(context, undeclared);
  const written = formatRulePort(port);
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
  const declared = [...new Set(pods.flatMap(({ ports }) => ports.map(formatContainerPort)))].sort();
  const meant = portMeant(port, pods);
  const perhaps = meant === undefined ? '' : `did you mean \`${meant}\`? `;
  const leading = leadingServices(context, port, pods);
  const led = leading.length === 0 ? '' : `, to which Service ${listNames(leading)} leads`;
  return [
    aboutPolicy(policy, 'PortNotDeclared', {
      path,
      message: `no container of ${listWorkloads(pods)} declares the port \`${written}\`${led}`,
      hint: `${perhaps}${declared.length === 0 ? 'they declare no port' : `they declare ${listNames(declared)}`}${noteOn(port, rule)}`,
    }),
  ];
}

/** The declared name that was probably meant; numbers that look alike are often meant. */
function portMeant({ port, protocol = 'TCP' }: RulePort, pods: readonly LintPod[]): string | undefined {
  if (typeof port !== 'string') return undefined;
  const declared = pods.flatMap(({ ports }) => ports).filter((each) => each.protocol === protocol);
  return nearest(
    port,
    declared.flatMap(({ name = [] }) => name),
  );
}

/** The Services that lead to this very port all the same. */
function leadingServices(context: LintContext, port: RulePort, pods: readonly LintPod[]): readonly string[] {
  if (!isNumber(port)) return [];
  const wanted = resolvePorts([port], []);
  const byNamespace = Map.groupBy(pods, ({ workload }) => workload.namespace);
  return [...byNamespace].flatMap(
    ([namespace, here]) => leadingToUndeclared(wanted, here, context.servicesIn(namespace))?.name ?? [],
  );
}

function noteOn(port: RulePort, { ports = [] }: ParsedRule): string {
  if (isNumber(port)) return '; a container may listen on a port that it does not declare';
  return ports.some(isNumber)
    ? ''
    : '; kube-router opens every port for a rule with only such names: write the number, or add a number to the names';
}

/** The Service with this port in front of some of the pods, and the port behind it. */
function servicePortOf(
  context: LintContext,
  { port: { port, protocol = 'TCP' }, pods }: CheckedPort,
): { readonly service: string; readonly target: number | string } | undefined {
  for (const pod of pods) {
    for (const service of context.servicesIn(pod.workload.namespace)) {
      // Behind a headless one no port is translated.
      if (service.headless) continue;
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

function formatRulePort({ protocol = 'TCP', port, endPort }: RulePort): string {
  return `${withProtocol(endPort === undefined ? `${port}` : `${port}-${endPort}`, protocol)}`;
}

function formatContainerPort({ name, number, protocol }: LintPod['ports'][number]): string {
  return withPortName(withProtocol(number, protocol), name);
}
