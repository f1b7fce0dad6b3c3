// What a visit of a lab found, for people: a line of numbers, and what the tests must not let pass. Must not know which scene it was.
import { type Difference, tellDifference } from './comparison.ts';
import type { LabOptions, Visit } from './lab.ts';

/** How a lab is called in the names of tests. */
export const titleOf = ({ enforcer, family }: LabOptions): string =>
  `on ${family === 'dual' ? 'IPv4 and IPv6' : 'IPv4'} under ${enforcer}`;

/** Tells how much was tried, and how long it took. */
export function reportVisit(title: string, visit: Visit): void {
  const { probes, reached, late, took } = visit;
  const seconds = Object.entries(took).map(([what, ms]) => `${what} ${(ms / 1000).toFixed(1)} s`);
  const excused = visit.differences.length === 0 ? '' : `; known faults: ${excuses(visit)}`;
  process.stderr.write(
    `${title}: ${probes} connections, ${reached} got through, ${late.length} late${excused} (${seconds.join(', ')})\n`,
  );
}

/** How many differences each known fault explains. */
function excuses({ differences }: Visit): string {
  const counts = Map.groupBy(differences, ({ faults }) => faults.join(' + '));
  return [...counts].map(([faults, all]) => `${all.length} for ${faults}`).join(', ');
}

/**
 * The differences that no known fault of the enforcer explains. What is denied must be denied at once, but under kube-network-policies, which
 * lets pass what its queue has no place for.
 */
export function unexplained(
  { differences, late }: Visit,
  { enforcer }: Pick<LabOptions, 'enforcer'>,
): readonly string[] {
  const leaks = late.filter(({ expected }) => expected === 'denied' && enforcer === 'kube-router');
  return [...differences, ...leaks].filter(isUnexplained).map(tellDifference);
}

const isUnexplained = ({ faults }: Difference): boolean => faults.length === 0;
