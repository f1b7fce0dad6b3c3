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

/**
 * Whether `outer` may allow every port that `inner` does. Each pod defines which number a name means, so it may be any one number.
 * Two names of one pod mean two ports.
 */
export function portsMayContain(
  outer: readonly PolicyPort[] | undefined,
  inner: readonly PolicyPort[] | undefined,
): boolean {
  if (outer === undefined || inner === undefined) return portsContain(outer, inner);
  return inner.every((port) => portsContain(outer, [port]) || outer.some((other) => mayBeSame(other, port)));
}

function mayBeSame(outer: PolicyPort, { protocol, port, endPort }: PolicyPort): boolean {
  if (outer.protocol !== protocol || outer.port === undefined || port === undefined) return false;
  if (typeof port === 'string') return typeof outer.port === 'number';
  return typeof outer.port === 'string' && (endPort === undefined || endPort === port);
}

function isSameName(a: PolicyPort, b: PolicyPort): boolean {
  return typeof a.port === 'string' && a.port === b.port && a.protocol === b.protocol;
}
