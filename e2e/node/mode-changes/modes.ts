// What a namespace may be told to do about its connections, and the walks from one to the other. Pure.
import { appNamespace } from '../../support/expected-policies.ts';

const egressModes = ['Unrestricted', 'ClusterOnly', 'Restricted'] as const;

/** How strict an enforced namespace is. */
export type EgressMode = (typeof egressModes)[number];

/** What the platform profile and a NetworkPause say together. A mode of egress alone stands for its enforcement. */
export type Mode = 'Off' | 'DryRun' | EgressMode | `paused ${EgressMode}`;

/** A change that somebody makes to a live namespace. */
export interface Switch {
  readonly from: Mode;
  readonly to: Mode;
}

export const isPaused = (mode: Mode): boolean => mode.startsWith('paused ');

/** Whether everything is open. */
export const isOpen = (mode: Mode): boolean => mode === 'Off' || mode === 'DryRun' || isPaused(mode);

/** The egress mode that is enforced, if one is. */
export const egressOf = (mode: Mode): EgressMode | undefined =>
  egressModes.find((egress) => mode === egress || mode === `paused ${egress}`);

/** What the platform profile says. */
export function platformOf(mode: Mode) {
  return {
    enforcement: mode === 'Off' || mode === 'DryRun' ? mode : 'Enforce',
    egress: egressOf(mode) ?? 'Restricted',
    namespaces: { selector: { matchLabels: appNamespace } },
  } as const;
}

/** All changes: between modes, between modes while the namespace is paused, and of pausing and resuming in each. */
export function allSwitches(): readonly Switch[] {
  const within = (modes: readonly Mode[]): Switch[] =>
    modes.flatMap((from) => modes.filter((to) => to !== from).map((to) => ({ from, to })));
  return [
    ...within(['Off', 'DryRun', ...egressModes]),
    ...within(egressModes.map((egress): Mode => `paused ${egress}`)),
    ...egressModes.flatMap((egress): Switch[] => [
      { from: egress, to: `paused ${egress}` },
      { from: `paused ${egress}`, to: egress },
    ]),
  ];
}

/** Each kind of change once: open to closed and back, tighter and looser, paused and resumed. */
export const shortWalk: readonly Switch[] = stepsOf([
  'Off',
  'Restricted',
  'ClusterOnly',
  'Unrestricted',
  'Restricted',
  'paused Restricted',
  'Restricted',
  'DryRun',
  'ClusterOnly',
  'Off',
]);

/**
 * One walk that makes every one of these changes once and ends where it starts, by Hierholzer's algorithm.
 * @param switches as many away from each mode as to it, and all connected, as those of `allSwitches`
 */
export function walkOver(switches: readonly Switch[], start: Mode): readonly Switch[] {
  const left = Map.groupBy(switches, ({ from }) => from);
  const stack = [start];
  const visited: Mode[] = [];
  for (let mode = stack.at(-1); mode !== undefined; mode = stack.at(-1)) {
    const next = left.get(mode)?.shift();
    if (next === undefined) {
      visited.unshift(mode);
      stack.pop();
    } else stack.push(next.to);
  }
  return stepsOf(visited);
}

function stepsOf(modes: readonly Mode[]): readonly Switch[] {
  return modes.slice(1).map((to, index) => ({ from: modes[index] ?? to, to }));
}
