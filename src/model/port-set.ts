// Sets of ports over all protocols.
// Must not know names: a named port is resolved before it gets here.
import { IntervalAlgebra, type IntervalSet, numberSteps } from './interval-sets.ts';
import { everyPort, type PortInterval, type Protocol, protocols, withProtocol } from './ports.ts';

/** For each protocol its ports. */
export type PortSet = IntervalSet<Protocol, number>;

/** The algebra of sets of ports. */
export const portSets = new IntervalAlgebra<Protocol, number>(protocols, numberSteps);

/** No port at all. */
export const noPorts: PortSet = portSets.of(() => []);

/** Every port of every protocol. */
export const allPorts: PortSet = portSets.of(() => [everyPort]);

/** Some ports of one protocol. */
export function portSetOf(protocol: Protocol, intervals: readonly PortInterval[]): PortSet {
  return portSets.of((line) => (line === protocol ? intervals : []));
}

/** Whether every port of every protocol is in it. */
export function isEveryPort(set: PortSet): boolean {
  return portSets.covers(set, allPorts);
}

/** A text that is equal for equal sets, made of ports that a user can ask about: `all`, `none`, or as in `80, 8000-8100, 53/UDP`. */
export function formatPortSet(set: PortSet): string {
  if (isEveryPort(set)) return 'all';
  const parts = protocols.flatMap((protocol) =>
    set[protocol].map((interval) => withProtocol(formatInterval(interval), protocol)),
  );
  return parts.join(', ') || 'none';
}

function formatInterval({ first, last }: PortInterval): string {
  return first === last ? `${first}` : `${first}-${last}`;
}
