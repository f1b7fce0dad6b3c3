// What a new pod does: it connects at once, again and again, until what is allowed works and what is denied fails, and reports when that
// was. A CNI may know a new pod late: then denied connections are made, or allowed ones fail. Must not know what follows from it.
import { setTimeout as sleep } from 'node:timers/promises';
import { controlPort, deniedPort, listenerGroups } from '../canary/canary-table.ts';
import type { FirstConnections } from '../canary/report.ts';
import type { Listener } from '../canary/rounds.ts';
import { tryConnection } from '../dial/try-connection.ts';
import { wallMicroTime } from '../kube/wall-time.ts';
import { askListener } from './ask-listener.ts';
import { findListeners, type ReportLease } from './cluster-api.ts';
import type { ApiServer } from './in-cluster-api.ts';

/** Its pod, its rights and its node. */
export interface NewPod {
  readonly api: ApiServer;
  readonly lease: ReportLease;
  readonly node: string;
}

/** Pauses double, from the first to the last one: some fifteen connections in all. In milliseconds. */
const pause = { firstMs: 100, lastMs: 12_800 } as const;

/** How long to wait for an answer, in milliseconds: a lost packet is sent again after a second, which would blur when it worked. */
const answerMs = 500;

/** How long to look for a listener, in milliseconds. */
const patienceMs = 30_000;

/** Connects, and reports. @throws Error if there is no listener, or nobody to report to */
export async function reportFirstConnections({ api, lease, node }: NewPod): Promise<void> {
  const fresh = await firstConnections(await listenerFor(api, node));
  await lease.write({ version: 1, checks: [], capabilities: {}, fresh }, wallMicroTime());
}

/** One of the own node if there is one, where clients are admitted on every port: the own policies deny one. */
async function listenerFor(api: ApiServer, node: string): Promise<Listener> {
  for (;;) {
    const all = await findListeners(api).catch(() => []);
    const group = all.filter((each) => each.group === listenerGroups.Egress);
    const listener = group.find((each) => each.node === node) ?? group[0];
    if (listener !== undefined) return listener;
    if (performance.now() > patienceMs)
      throw new Error('there is no listener, or the API server does not answer');
    await sleep(pause.firstMs);
  }
}

/** The clock of a process starts with it. */
async function firstConnections({ address, pod }: Listener): Promise<FirstConnections> {
  let openMs: number | undefined;
  let allowedMs: number | undefined;
  for (let pauseMs: number = pause.firstMs; pauseMs <= pause.lastMs; pauseMs *= 2) {
    const triedMs = Math.round(performance.now());
    const [answer, denied] = await Promise.all([
      askListener(address, controlPort, { say: '', withinMs: answerMs }),
      tryConnection({ protocol: 'TCP', address, port: deniedPort }, answerMs),
    ]);
    if (answer?.startsWith(`${pod} `) || answer === pod) allowedMs ??= triedMs;
    if (denied.result === 'connected') openMs = triedMs;
    await sleep(pauseMs);
  }
  return {
    ...(openMs === undefined ? {} : { openMs }),
    ...(allowedMs === undefined ? {} : { allowedMs }),
  };
}
