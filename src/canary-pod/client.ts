// A client of the canary: it makes rounds, measures how long the marker takes, and reports what changes. Must not know what follows from
// a result: src/canary/rounds.ts does.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Capability } from '../canary/canary-table.ts';
import { isNobodysTurn, type Marker, takesPart } from '../canary/marker.ts';
import type { CanaryReport } from '../canary/report.ts';
import {
  afterRound,
  type Listener,
  nextRound,
  noRounds,
  pauseMs,
  type RoundResult,
  reportOf,
  whileResting,
} from '../canary/rounds.ts';
import { tryConnection } from '../dial/try-connection.ts';
import { wallMicroTime } from '../kube/wall-time.ts';
import { findListeners, type ReportLease, serviceAddress, watchMarker } from './cluster-api.ts';
import type { ApiServer } from './in-cluster-api.ts';
import { timeToEffect } from './marker-effect.ts';
import { tryListeners } from './try-listeners.ts';

/** What a client works with. */
export interface ClientParts {
  readonly api: ApiServer;
  readonly lease: ReportLease;
  readonly node: string;
  /** An address of the node. */
  readonly nodeAddress: string;
  /** Receives one line for each failure. */
  readonly log: (line: string) => void;
}

/** How often to report when nothing changes. */
const reportEveryMs = 300_000;
/** How long listeners are believed to be where they were. */
const listenersLastMs = 300_000;
const againMs = 5_000;

/** The client. */
export class CanaryClient {
  readonly #parts: ClientParts;
  #rounds = noRounds;
  #listeners: readonly Listener[] = [];
  #listenersAreOldAt = 0;
  #service: string | undefined;
  #marker: Marker | undefined;
  #effect: CanaryReport['marker'];
  #reported = '';
  #reportAt = 0;
  /** One report after the other: two at once would refuse each other. */
  #reporting: Promise<void> = Promise.resolve();

  constructor(parts: ClientParts) {
    this.#parts = parts;
  }

  /** Runs until the process ends. */
  async run(): Promise<never> {
    void this.#followMarker();
    for (;;) {
      if (this.#takesPart) await this.#attempt(() => this.#makeRound());
      else this.#forget();
      await this.#attempt(() => this.#report());
      await sleep(this.#listeners.length === 0 ? againMs : pauseMs(this.#rounds, Math.random()));
    }
  }

  /** Before there is a marker, nobody knows whose turn it is: all at once would be too many. */
  get #takesPart(): boolean {
    return this.#marker !== undefined && takesPart(this.#marker, this.#parts.node);
  }

  /** What was seen does not count any more when it is its turn again. */
  #forget(): void {
    this.#rounds = whileResting(this.#rounds, this.#marker === undefined || !isNobodysTurn(this.#marker));
    this.#listeners = [];
    this.#listenersAreOldAt = 0;
    this.#effect = undefined;
  }

  async #attempt(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.#parts.log((error as Error).message);
    }
  }

  async #makeRound(): Promise<void> {
    await this.#findListeners();
    this.#service ??= await serviceAddress(this.#parts.api);
    const round = nextRound(this.#rounds, this.#listeners, this.#parts.node);
    const { listeners, capability } = round;
    const at = listeners.Egress;
    const [tried, connected] = await Promise.all([
      tryListeners(listeners),
      capability && at && this.#tryCapability(capability, at),
    ]);
    const result: RoundResult = {
      tried,
      ...(connected === undefined ? {} : { capability: connected }),
    };
    this.#rounds = afterRound(this.#rounds, {
      round,
      result,
      all: this.#listeners,
      nowMs: performance.now(),
    });
    // Perhaps it is gone: the next round looks.
    if (tried.Ingress?.control !== true || tried.Egress?.control !== true) this.#listenersAreOldAt = 0;
  }

  async #findListeners(): Promise<readonly Listener[]> {
    if (performance.now() >= this.#listenersAreOldAt) {
      this.#listeners = await findListeners(this.#parts.api);
      this.#listenersAreOldAt =
        performance.now() + (this.#listeners.length === 0 ? againMs : listenersLastMs);
    }
    return this.#listeners;
  }

  async #tryCapability({ at, port }: Capability, listener: Listener): Promise<boolean | undefined> {
    const address = { listener: listener.address, service: this.#service, node: this.#parts.nodeAddress }[at];
    if (address === undefined) return undefined;
    return (await tryConnection({ protocol: 'TCP', address, port })).result === 'connected';
  }

  #report(): Promise<void> {
    const written = this.#reporting.then(() => this.#writeReport());
    this.#reporting = written.catch(() => undefined);
    return written;
  }

  async #writeReport(): Promise<void> {
    const report = this.#takesPart ? reportOf(this.#rounds, this.#effect) : undefined;
    const text = JSON.stringify(report ?? 'resting');
    const now = performance.now();
    const isDue = report !== undefined && now >= this.#reportAt;
    if (text === this.#reported && !isDue) return;
    await this.#parts.lease.write(report, wallMicroTime());
    this.#reported = text;
    this.#reportAt = now + reportEveryMs;
  }

  async #followMarker(): Promise<never> {
    for (;;) {
      const began = performance.now();
      await this.#attempt(() => watchMarker(this.#parts.api, (marker) => this.#seeMarker(marker)));
      // A server that ends a watch after its time is asked again at once: a marker must not be seen late.
      if (performance.now() < began + againMs) await sleep(againMs * (0.5 + Math.random()));
    }
  }

  #seeMarker(marker: Marker): void {
    const isNew = this.#marker?.number !== marker.number;
    const isFirst = this.#marker === undefined;
    this.#marker = marker;
    if (isNew && this.#takesPart) void this.#attempt(() => this.#measure(marker.number, isFirst));
  }

  async #measure(number: number, isFirst: boolean): Promise<void> {
    const ms = await timeToEffect(number, {
      listeners: () => this.#findListeners(),
      isCurrent: () => this.#marker?.number === number && this.#takesPart,
    });
    if (ms === undefined) return;
    // The first one was there before: nobody saw how long it took.
    this.#effect = { number, ...(isFirst ? {} : { ms }) };
    await this.#report();
  }
}
