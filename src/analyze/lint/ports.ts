// Ports that lead nowhere: no container of the pods that a rule leads to has them. Most often the Service's port was written
// where the pod's is meant. What a container listens on without declaring it can't be seen: pods that declare no port are
// not judged.
import type { Finding } from '../../model/findings.ts';
import { type Direction, directions } from '../../model/network-policy.ts';
import { selects } from '../../model/selectors.ts';
import type { PolicyFacts, RulePort } from '../facts.ts';
import { type Rule, rulesOf } from '../rules.ts';
import { aboutPolicy, listNames, rulePath } from './check.ts';
import { type LintPod, type LintWorld, podPeersOf } from './lint-world.ts';

/** Finds ports of rules that no container of the destination declares. */
export function portsLeadNowhere(world: LintWorld): readonly Finding[] {
  return world.policies.flatMap((policy) =>
    directions.flatMap((direction) =>
      rulesOf(policy, direction).flatMap((rule) => {
        const targets = destinationsOf(world, policy, direction, rule).filter(
          ({ ports }) => ports.length > 0,
        );
        if (targets.length === 0) return [];
        return (rule.ports ?? []).flatMap((port, place) => {
          if (targets.some((pod) => declares(pod, port))) return [];
          const path = `${rulePath(direction, rule.index)}.ports[${place}].port`;
          return judge(world, policy, { port, path, targets });
        });
      }),
    ),
  );
}

/** The pods that a rule leads to; none where it leads to others than pods, too. */
function destinationsOf(
  world: LintWorld,
  policy: PolicyFacts,
  direction: Direction,
  rule: Rule,
): readonly LintPod[] {
  if (direction === 'Ingress') return world.selectedBy(policy).filter(({ hostNetwork }) => !hostNetwork);
  const peers = podPeersOf(rule);
  if (peers === undefined || peers.length < (rule.peers?.length ?? 0)) return [];
  return peers.flatMap((peer) => world.selectedAs(peer));
}

function declares({ ports }: LintPod, { protocol = 'TCP', port, endPort }: RulePort): boolean {
  if (port === undefined) return true;
  return ports.some((declared) => {
    if (declared.protocol !== protocol) return false;
    if (typeof port === 'string') return declared.name === port;
    return port <= declared.number && declared.number <= (endPort ?? port);
  });
}

interface LostPort {
  readonly port: RulePort;
  readonly path: string;
  readonly targets: readonly LintPod[];
}

function judge(world: LintWorld, policy: PolicyFacts, lost: LostPort): readonly Finding[] {
  const { port, path, targets } = lost;
  const mistaken = servicePortOf(world, lost);
  const written = tell(port);
  if (mistaken !== undefined) {
    const { service, target } = mistaken;
    return [
      aboutPolicy(policy, 'ServicePortMistaken', {
        path,
        message: `\`${written}\` is a port of Service \`${service}\`, behind which the pods listen on \`${target}\`: policies speak of the pods' ports`,
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
      hint: `they declare ${listNames(declared)}${typeof port.port === 'string' ? '' : '; a container may listen on a port that it does not declare'}`,
    }),
  ];
}

/** The Service that has this port before some of the pods, and the port behind it. */
function servicePortOf(
  world: LintWorld,
  { port: { port, protocol = 'TCP' }, targets }: LostPort,
): { readonly service: string; readonly target: number | string } | undefined {
  for (const pod of targets) {
    for (const service of world.servicesIn(pod.workload.namespace)) {
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
