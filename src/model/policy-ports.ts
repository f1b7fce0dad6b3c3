// Ports of a NetworkPolicy: from what people write, back to it, and as a set of numbers.
// Must not know whose ports they are.
import { type NonEmpty, nonEmpty, type PolicyPort } from './network-policy.ts';
import { type PortSet, portSets } from './port-set.ts';
import {
  everyPort,
  type PortInterval,
  type PortSpec,
  type Protocol,
  parsePort,
  withProtocol,
} from './ports.ts';
import { valuesIn } from './result.ts';

/**
 * The ports of a rule; `undefined` if there is none, since an empty list would mean every port.
 *
 * @param ports decoded ports: the schema has refused unreadable ones
 */
export function policyPorts(ports: readonly (number | string)[]): NonEmpty<PolicyPort> | undefined {
  return nonEmpty(valuesIn(ports.map(parsePort)).map(policyPort));
}

/** Pod ports as a person would write them; `undefined` means every port. */
export function writtenPorts(
  ports: readonly PolicyPort[] | undefined,
): readonly (number | string)[] | undefined {
  return ports?.map(({ protocol, port = `${everyPort.first}-${everyPort.last}`, endPort }) => {
    return withProtocol(endPort === undefined ? port : `${port}-${endPort}`, protocol);
  });
}

/** The ports of a rule by their numbers, without those that only a pod can tell: `named` stands for each of these. */
export function numberedPorts(ports: readonly PolicyPort[], named: readonly PortInterval[] = []): PortSet {
  const numbers: Record<Protocol, PortInterval[]> = { TCP: [], UDP: [], SCTP: [] };
  for (const port of ports) numbers[port.protocol].push(...(numbersOf(port) ?? named));
  return portSets.of((protocol) => numbers[protocol]);
}

/** The numbers of a port; `undefined` for a named one. */
function numbersOf({ port, endPort }: PolicyPort): readonly PortInterval[] | undefined {
  if (port === undefined) return [everyPort];
  return typeof port === 'number' ? [{ first: port, last: endPort ?? port }] : undefined;
}

function policyPort(spec: PortSpec): PolicyPort {
  if ('name' in spec) return { protocol: spec.protocol, port: spec.name };
  const { first, last } = spec.interval;
  return { protocol: spec.protocol, port: first, ...(first === last ? {} : { endPort: last }) };
}
