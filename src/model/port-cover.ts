// Whether the ports of one rule contain those of another. Only the same name contains a named port, because each pod defines
// which number a name means.
import type { PolicyPort } from './network-policy.ts';
import { numberedPorts } from './policy-ports.ts';
import { portSets } from './port-set.ts';
import { everyPort, protocols } from './ports.ts';

/** Whether `outer` allows every port that `inner` does; `undefined` means every port of every protocol. */
export function portsContain(
  outer: readonly PolicyPort[] | undefined,
  inner: readonly PolicyPort[] | undefined,
): boolean {
  if (outer === undefined) return true;
  const asked: readonly PolicyPort[] = inner ?? protocols.map((protocol) => ({ protocol }));
  const others = asked.filter((port) => !outer.some((candidate) => isSameName(candidate, port)));
  if (others.length === 0) return true;
  return portSets.covers(numberedPorts(outer), numberedPorts(others, [everyPort]));
}

function isSameName(a: PolicyPort, b: PolicyPort): boolean {
  return typeof a.port === 'string' && a.port === b.port && a.protocol === b.protocol;
}
