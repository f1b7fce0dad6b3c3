// Tries until a marker has taken effect: its open port can be reached, and its closed one can't. Must not know what a marker is for.
import { setTimeout as sleep } from 'node:timers/promises';
import { listenerGroups } from '../canary/canary-table.ts';
import { markedPorts } from '../canary/marker.ts';
import type { Listener } from '../canary/rounds.ts';
import { tryConnection } from '../dial/try-connection.ts';

/** How long to wait for an answer, in milliseconds: longer would blur when it took effect, because a lost packet is sent again after a second. */
const answerMs = 300;
/** Pauses grow with what has passed: what takes long need not be known as precisely. */
const pause = { shortestMs: 100, longestMs: 5_000, share: 0.2 } as const;
const withinMs = 300_000;

/** What it is tried with. */
export interface MarkerTrial {
  /** All listeners that there are now. */
  readonly listeners: () => Promise<readonly Listener[]>;
  /** Whether it is still the marker to wait for. */
  readonly isCurrent: () => boolean;
}

/** Waits until it has taken effect. @returns how many milliseconds that took; `undefined` if it is given up */
export async function timeToEffect(
  number: number,
  { listeners, isCurrent }: MarkerTrial,
): Promise<number | undefined> {
  const began = performance.now();
  for (let tries = 0; isCurrent(); tries += 1) {
    const passed = performance.now() - began;
    if (passed > withinMs) return undefined;
    const group = (await listeners()).filter((each) => each.group === listenerGroups.Egress);
    // One of them may be gone.
    const listener = group[tries % group.length];
    const triedAt = performance.now();
    if (listener !== undefined && (await isAsMarked(listener, number))) return Math.round(triedAt - began);
    await sleep(Math.min(pause.longestMs, Math.max(pause.shortestMs, passed * pause.share)));
  }
  return undefined;
}

async function isAsMarked({ address }: Listener, number: number): Promise<boolean> {
  const { open, closed } = markedPorts(number);
  const connects = async (port: number) =>
    (await tryConnection({ protocol: 'TCP', address, port }, answerMs)).result === 'connected';
  return (await connects(open)) && !(await connects(closed));
}
