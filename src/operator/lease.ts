// Only one operator is active at a time: the holder of the Lease. The others wait with synced caches.
// It works like client-go's leaderelection, with the same times, and watches the Lease besides: it is taken as soon as it is free. The
// local clock measures how long the holder was silent, since the clocks of machines differ; if two try to take it, the resource version
// lets one win; a holder gives up before others take over.
// https://kubernetes.io/docs/concepts/architecture/leases/
// Must not know what the holder does.

import type { Logger } from 'pino';
import type { ApiClient } from '../kube/api-client.ts';
import { untilAborted, waitFor } from '../kube/backoff.ts';
import { ApiError, classify } from '../kube/errors.ts';
import { compareVersions } from '../kube/store.ts';
import { wallMicroTime } from '../kube/wall-time.ts';
import { ExpectedError } from '../model/expected-error.ts';
import { type LeaseSpec, leaseName, leasesIn, type RawLease } from '../objects/operator-lease.ts';
import { FailureLog } from './failure-log.ts';
import { LeaseWatch } from './lease-watch.ts';

/** Whether this operator may work. */
export interface Leadership {
  /** Whether it may work at this moment: checked before every write, since the process may have been suspended. */
  readonly leads: boolean;
  /** Why the holder can't be determined; empty if it can. */
  readonly troubles: readonly string[];
  /** Calls `listener` when it is taken. To be called once, before `run`. */
  onTaken(listener: () => void): void;
  /** From now on it is taken when it is free: our caches are synced. One that knows nothing yet leaves it to others, who do. */
  claim(): void;
  /**
   * Looks who holds it, takes it once it is claimed and free, and then renews it, until `signal` aborts.
   *
   * @throws LeaseLostError if it was held and could not be renewed in time
   */
  run(signal: AbortSignal): Promise<void>;
  /**
   * Lets others take over at once, if we lead: to be called when nothing of ours can be written any more. It retries until
   * `signal` aborts; then others wait until the lease expires.
   */
  release(signal: AbortSignal): Promise<void>;
}

/** The lease was held and is lost: another operator may be active now. */
export class LeaseLostError extends ExpectedError {
  override readonly name = 'LeaseLostError';
}

/** Without a lease there is no other operator. */
export const noLeaderElection: Leadership = {
  leads: true,
  troubles: [],
  onTaken: () => undefined,
  claim: () => undefined,
  run: untilAborted,
  release: async () => undefined,
};

/** The dependencies of a lease. */
export interface LeaseParts {
  /** A client whose requests pass no gate, and don't wait for those of others. */
  readonly client: ApiClient;
  readonly log: Logger;
  /** The namespace of the Lease, the operator's own. */
  readonly namespace: string;
  /** Our identity: unique, also over restarts in one pod. */
  readonly identity: string;
  /** How long a holder may be silent before others take over, in milliseconds. */
  readonly durationMs: number;
}

/** The shares of client-go's 15 s: renewed within 10 s, tried every 2 s. */
const renewWithin = 2 / 3;
const tryEvery = 2 / 15;

/** A Lease that we hold, or try to acquire. Times are by `performance.now()`. */
export class Lease implements Leadership {
  readonly #parts: LeaseParts;
  readonly #failures: FailureLog;
  readonly #watch: LeaseWatch;
  /** Its last seen or written state; absent if there is none. */
  #seen: RawLease | undefined;
  /** Until when its holder may be active, also if it was deleted since: the holder may not know. */
  #heldUntil = 0;
  #renewedAt = 0;
  #leads = false;
  #isClaimed = false;
  #trouble: string | undefined;
  #onTaken: () => void = () => undefined;
  /** Ends the wait for the next attempt. */
  #wake = new AbortController();

  constructor(parts: LeaseParts) {
    this.#parts = parts;
    this.#failures = new FailureLog(parts.log);
    this.#watch = new LeaseWatch({
      ...parts,
      failures: this.#failures,
      onSeen: (lease) => this.#saw(lease),
      onDeleted: () => this.#wake.abort(),
    });
  }

  get leads(): boolean {
    return this.#leads && this.#leftMs() > 0;
  }

  get troubles(): readonly string[] {
    return this.#trouble === undefined ? [] : [`the lease can't be acquired: ${this.#trouble}`];
  }

  onTaken(listener: () => void): void {
    this.#onTaken = listener;
  }

  claim(): void {
    this.#isClaimed = true;
    this.#wake.abort();
  }

  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#keep(signal), this.#watch.run(signal)]);
  }

  async #keep(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      // Anew for each attempt: what is seen during an attempt causes another one.
      this.#wake = new AbortController();
      const left = this.#leads ? this.#left() : this.#parts.durationMs;
      await this.#attempt(AbortSignal.any([signal, AbortSignal.timeout(left)]));
      await waitFor(this.#pauseMs(), AbortSignal.any([signal, this.#wake.signal]));
    }
  }

  /** How long to wait for the next attempt, if nothing is seen before, in milliseconds. @throws LeaseLostError */
  #pauseMs(): number {
    const pause = this.#parts.durationMs * tryEvery;
    if (this.#leads) return Math.min(pause, this.#left());
    // A timer may fire a little early.
    const held = Math.ceil(this.#heldUntil - performance.now()) + 1;
    return held > 1 ? Math.min(pause, held) : pause;
  }

  /** A watch has seen this state: what the holder does counts from now on, and what needs an answer wakes us. */
  #saw(lease: RawLease): void {
    const { holderIdentity = '' } = lease.spec ?? {};
    const isNews = this.#seen === undefined || compareVersions(this.#seen.metadata, lease.metadata) < 0;
    if (!isNews || holderIdentity === this.#parts.identity) return;
    if (!this.#leads) this.#remember(lease);
    if (this.#leads || holderIdentity === '') this.#wake.abort();
  }

  async release(signal: AbortSignal): Promise<void> {
    if (!this.leads) return;
    this.#leads = false;
    try {
      await this.#giveBack(signal);
    } catch (error) {
      // Then it expires by itself.
      if (!(error instanceof ApiError)) throw error;
    }
  }

  async #giveBack(signal: AbortSignal): Promise<void> {
    // Its duration can't be zero; client-go uses one second.
    const spec = { ...this.#seen?.spec, holderIdentity: '', leaseDurationSeconds: 1 };
    try {
      await this.#write(spec, signal);
    } catch (error) {
      if (classify(error) !== 'conflict') throw error;
      // A renewal whose answer we did not wait for.
      const holder = (await this.#look(signal))?.spec?.holderIdentity;
      if (holder === this.#parts.identity) await this.#write(spec, signal);
    }
  }

  get #renewMs(): number {
    return this.#parts.durationMs * renewWithin;
  }

  /** The time that is left to renew it, in milliseconds. */
  #leftMs(): number {
    return this.#renewedAt + this.#renewMs - performance.now();
  }

  /** The same. @throws LeaseLostError if there is none */
  #left(): number {
    const left = Math.ceil(this.#leftMs());
    if (left <= 0) this.#lose(`it was not renewed for ${this.#renewMs / 1000} s`);
    return left;
  }

  /** One attempt to acquire or renew it: a failure is reported, and retried. */
  async #attempt(signal: AbortSignal): Promise<void> {
    try {
      if (!this.#leads) await this.#take(signal);
      else await this.#renew(signal);
      this.#failures.succeeded(leaseName);
      this.#trouble = undefined;
    } catch (error) {
      if (error instanceof LeaseLostError) throw error;
      // Somebody was faster: the next attempt finds out who.
      if (classify(error) !== 'conflict') this.#report(error as ApiError);
    }
  }

  async #take(signal: AbortSignal): Promise<void> {
    const { identity, log } = this.#parts;
    const lease = await this.#look(signal);
    if (!this.#isClaimed || performance.now() < this.#heldUntil) return;
    const leaseTransitions = lease === undefined ? 0 : (lease.spec?.leaseTransitions ?? 0) + 1;
    const now = wallMicroTime();
    await this.#write({ ...this.#ours, leaseTransitions, acquireTime: now, renewTime: now }, signal);
    this.#leads = true;
    log.info({ identity }, 'the lease is ours');
    this.#onTaken();
  }

  async #renew(signal: AbortSignal): Promise<void> {
    // What somebody edited does not stay: with another duration, others would take over too early, or never.
    const spec = { ...this.#seen?.spec, ...this.#ours, renewTime: wallMicroTime() };
    try {
      await this.#write(spec, signal);
    } catch (error) {
      if (!['conflict', 'gone'].includes(classify(error))) throw error;
      // A lost answer of ours, or a lease that somebody deleted or edited, is no loss; another holder is.
      const holder = (await this.#look(signal))?.spec?.holderIdentity ?? '';
      if (holder !== '' && holder !== this.#parts.identity) this.#lose(`\`${holder}\` holds it`);
      await this.#write(spec, signal);
    }
  }

  get #ours(): LeaseSpec {
    const { identity, durationMs } = this.#parts;
    return { holderIdentity: identity, leaseDurationSeconds: Math.max(1, Math.round(durationMs / 1000)) };
  }

  #lose(why: string): never {
    this.#leads = false;
    throw new LeaseLostError(
      `lost the lease because ${why}: exiting, since another operator may be active now`,
    );
  }

  /** Reads it, and remembers its state. */
  async #look(signal: AbortSignal): Promise<RawLease | undefined> {
    const lease = await this.#read(signal);
    if (lease === undefined) this.#seen = undefined;
    else if (this.#seen?.metadata.resourceVersion !== lease.metadata.resourceVersion) this.#remember(lease);
    return lease;
  }

  /** It has changed by now: whoever holds it was active until now. */
  #remember(lease: RawLease): void {
    const { holderIdentity = '', leaseDurationSeconds } = lease.spec ?? {};
    const before = this.#seen?.spec?.holderIdentity;
    this.#seen = lease;
    const patienceMs =
      leaseDurationSeconds === undefined ? this.#parts.durationMs : leaseDurationSeconds * 1000;
    this.#heldUntil = holderIdentity === '' ? 0 : performance.now() + patienceMs;
    if (holderIdentity !== '' && holderIdentity !== before)
      this.#parts.log.info({ holder: holderIdentity }, 'another operator holds the lease: waiting');
  }

  async #read(signal: AbortSignal): Promise<RawLease | undefined> {
    try {
      return (await this.#parts.client.request('GET', this.#path, { signal })) as RawLease;
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** Updates the last seen lease, or creates it; it counts as renewed from the time of sending, before anybody can see it. */
  async #write(spec: LeaseSpec, signal: AbortSignal): Promise<void> {
    const sent = performance.now();
    const resourceVersion = this.#seen?.metadata.resourceVersion;
    const metadata = { name: leaseName, ...(resourceVersion === undefined ? {} : { resourceVersion }) };
    const body = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec };
    const [method, path] =
      resourceVersion === undefined ? (['POST', this.#collection] as const) : (['PUT', this.#path] as const);
    this.#seen = (await this.#parts.client.request(method, path, { body, signal })) as RawLease;
    this.#renewedAt = sent;
  }

  get #collection(): string {
    return leasesIn(this.#parts.namespace);
  }

  get #path(): string {
    return `${this.#collection}/${leaseName}`;
  }

  #report(error: ApiError): void {
    const isNews = this.#trouble !== error.message;
    this.#trouble = error.message;
    this.#failures.failed(leaseName, error, performance.now());
    if (isNews && classify(error) === 'gone')
      this.#parts.log.warn(
        { error: error.message },
        'the namespace of the lease is missing: set it with `--namespace`',
      );
  }
}
