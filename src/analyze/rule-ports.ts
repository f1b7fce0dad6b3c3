// The ports that a rule allows at a destination, where the names of ports are known.
// Must not know which destinations the rule is about.

import { allPorts, noPorts, type PortSet, portSetOf, unite } from '../model/port-set.ts';
import { everyPort, type PortInterval } from '../model/ports.ts';
import type { ContainerPort, RulePort } from './facts.ts';

/**
 * The ports of a rule at a pod that has these container ports; each pod resolves names for itself, and a name counts only
 * with its protocol. A name that several containers have means all of their numbers.
 *
 * @param ports absent: every port
 * @param declared those of the destination; none where it is an address, so that a name matches nothing there
 */
export function resolvePorts(
  ports: readonly RulePort[] | undefined,
  declared: readonly ContainerPort[],
): PortSet {
  if (ports === undefined) return allPorts;
  return ports
    .map((port) => portSetOf(port.protocol ?? 'TCP', numbersOf(port, declared)))
    .reduce(unite, noPorts);
}

/** Whether any of the ports has a name: then it depends on the destination what the rule allows. */
export function hasNames(ports: readonly RulePort[] = []): boolean {
  return ports.some(({ port }) => typeof port === 'string');
}

function numbersOf(
  { protocol = 'TCP', port, endPort }: RulePort,
  declared: readonly ContainerPort[],
): readonly PortInterval[] {
  if (port === undefined) return [everyPort];
  if (typeof port === 'number') return [{ first: port, last: endPort ?? port }];
  return declared
    .filter((candidate) => candidate.name === port && candidate.protocol === protocol)
    .map(({ number }) => ({ first: number, last: number }));
}
