// What an operator holds: memory after a collection of garbage, and handles. Decides what counts as a leak. Must not know what the
// operator did in between.
import { readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { poll } from '../control-plane/poll.ts';
import type { OperatorProcess } from '../support/operator-process.ts';

/** What it holds at one moment. */
export interface Measurement {
  /** Reachable from V8's heap, buffers included. */
  readonly heapMiB: number;
  readonly rssMiB: number;
  /** Open files that are no sockets. */
  readonly files: number;
  readonly sockets: number;
  readonly timers: number;
}

const mebibyte = 2 ** 20;

/** Measures an operator that has loaded heap-probe.ts. @param file its PROBE_FILE */
export async function measure(operator: OperatorProcess, file: string): Promise<Measurement> {
  rmSync(file, { force: true });
  operator.signal('SIGUSR2');
  const text = await poll(async () => readIfThere(file), {
    expired: () => new Error('the operator does not answer the probe'),
  });
  const { heapUsed, external, rss, timers } = JSON.parse(text) as Readonly<Record<string, number>>;
  const open = filesOf(operator.pid);
  const sockets = open.filter((target) => target.startsWith('socket:')).length;
  return {
    heapMiB: ((heapUsed ?? Number.NaN) + (external ?? Number.NaN)) / mebibyte,
    rssMiB: (rss ?? Number.NaN) / mebibyte,
    files: open.length - sockets,
    sockets,
    timers: timers ?? Number.NaN,
  };
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function filesOf(pid: number): readonly string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((name) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${name}`)];
    } catch {
      // Closed since.
      return [];
    }
  });
}

/**
 * What an operator may hold more after so many edits than before them, in the same state of the cluster. Measured: 0.2 MiB of heap and 2 MiB
 * of resident memory more after 10,000 edits, no file, no socket and one timer.
 */
const mayGrow = { perEditBytes: 30, heapMiB: 0.75, rssRatio: 1.35, sockets: 8, timers: 8 } as const;

/** What of it looks like a leak, each as a sentence; empty if nothing does. */
export function leaks(before: Measurement, after: Measurement, edits: number): readonly string[] {
  const heap = mayGrow.heapMiB + (edits * mayGrow.perEditBytes) / mebibyte;
  const bounds = [
    ['heapMiB', before.heapMiB + heap],
    ['rssMiB', before.rssMiB * mayGrow.rssRatio],
    ['files', before.files],
    ['sockets', before.sockets + mayGrow.sockets],
    ['timers', before.timers + mayGrow.timers],
  ] as const;
  return bounds
    .filter(([what, atMost]) => !(after[what] <= atMost))
    .map(
      ([what, atMost]) =>
        `${what}: ${after[what].toFixed(1)} after ${before[what].toFixed(1)}, at most ${atMost.toFixed(1)}`,
    );
}
