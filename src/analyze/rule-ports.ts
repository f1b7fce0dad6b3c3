// The ports that a rule allows at a destination with known port names.
// Must not know which destinations the rule has.

import { allPorts, type PortSet, portSets } from '../model/port-set.ts';
import { everyPort, type PortInterval, type Protocol } from '../model/ports.ts';

/** A port that a container declares. Ports that it does not declare can be reached all the same. */
export interface ContainerPort {
  readonly name?: string;
  readonly protocol: Protocol;
  readonly number: number;
}

/** A port of a rule. */
export interface RulePort {
  /** TCP if absent. */
  readonly protocol?: Protocol;
  /** A number, or the name of a container port of the destination; if absent, every port of the protocol. */
  readonly port?: number | string;
  /** The end of a range that begins at a number. */
  readonly endPort?: number;
}

/**
 * The ports of a rule at a pod that has these container ports; each pod resolves names for itself, and a name counts only
 * with its protocol. A name that several containers have means all of their numbers.
 *
 * @param ports absent: every port
 * @param declared those of the destination; empty if it is an address, at which a name matches nothing
 */
export function resolvePorts(
  ports: readonly RulePort[] | undefined,
  declared: readonly ContainerPort[],
): PortSet {
  if (ports === undefined) return allPorts;
  return portSets.of((protocol) =>
    ports
      .filter((port) => (port.protocol ?? 'TCP') === protocol)
      .flatMap((port) => numbersOf(port, declared)),
  );
}

/** Whether any of the ports is a name: then the allowed numbers depend on the destination. */
export function hasNames(ports: readonly RulePort[] = []): boolean {
  return ports.some(({ port }) => typeof port === 'string');
}

/** The port names of a rule that a destination does not have, or not with this protocol. */
export function missingNames(
  ports: readonly RulePort[] = [],
  declared: readonly ContainerPort[],
): readonly string[] {
  return ports.flatMap((rule) => {
    const { port } = rule;
    return typeof port === 'string' && numbersOf(rule, declared).length === 0 ? [port] : [];
  });
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
