// Whether the ports of one rule contain those of another. Only the same name contains a named port, because each pod defines
// which number a name means.
import type { PolicyPort } from './network-policy.ts';
import { everyPort, intervalsContain, type PortInterval, type Protocol, protocols } from './ports.ts';

/** Whether `outer` allows every port that `inner` does; `undefined` means every port of every protocol. */
export function portsContain(
  outer: readonly PolicyPort[] | undefined,
  inner: readonly PolicyPort[] | undefined,
): boolean {
  if (outer === undefined) return true;
  const asked = inner ?? protocols.map((protocol) => ({ protocol }));
  return asked.every((port) => isContained(outer, port));
}

function isContained(outer: readonly PolicyPort[], port: PolicyPort): boolean {
  const { protocol } = port;
  const interval = intervalOf(port);
  if (interval !== undefined) return intervalsContain(intervalsOf(outer, protocol), [interval]);
  const hasAll = intervalsContain(intervalsOf(outer, protocol), [everyPort]);
  return hasAll || outer.some((candidate) => candidate.protocol === protocol && candidate.port === port.port);
}

function intervalsOf(ports: readonly PolicyPort[], protocol: Protocol): readonly PortInterval[] {
  return ports.filter((port) => port.protocol === protocol).flatMap((port) => intervalOf(port) ?? []);
}

/** The numbers of a port; `undefined` for a named one. */
function intervalOf({ port, endPort }: PolicyPort): PortInterval | undefined {
  if (port === undefined) return everyPort;
  return typeof port === 'number' ? { first: port, last: endPort ?? port } : undefined;
}
