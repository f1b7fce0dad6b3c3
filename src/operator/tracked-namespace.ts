// All that the operator remembers of one namespace between two reconciles, for statuses, Events and careful changes.
// It can be lost at any time: after a restart it is found anew. Must not know clients, nor what other namespaces remember.
import type { CappedRoute } from '../compile/across/mirror-caps.ts';
import { type Direction, directions } from '../model/network-policy.ts';
import type { DriftEvents } from './drift-reporter.ts';
import { Drifts } from './drifts.ts';
import type { NamespaceRecord, NamespaceState } from './namespace-record.ts';

/** A creation that was seen, by `performance.now()`. Another namespace may have the name by then. */
interface Creation {
  readonly uid: string;
  readonly at: number;
}

// A pod of a namespace that was created so long ago may be up, and connected.
const emptyForMs = 30_000;

/** A namespace as it is remembered. Times are in milliseconds, by `performance.now()`. */
export class TrackedNamespace {
  readonly name: string;
  /** `''` where something happened in it before it was first reconciled. */
  readonly uid: string;
  /** What others changed in it. */
  readonly drifts: Drifts;
  /** How many Events of drifts may be sent, and those that wait; absent where there was no drift. */
  driftEvents?: DriftEvents | undefined;
  /** The names of the Events that were sent for what is still so; absent where there are none. */
  emitted?: ReadonlySet<string> | undefined;
  /** By sender, the routes that are left out here because the mirrors of all would be too many; absent where none is. */
  cappedRoutes?: ReadonlyMap<string, readonly CappedRoute[]> | undefined;
  #record: NamespaceRecord | undefined;
  #isolated: readonly Direction[] = [];
  #emptySince: Creation | undefined;
  #ringlessSince: Creation | undefined;
  #lastWrite: number | undefined;
  #failingSince: number | undefined;

  constructor(name: string, uid: string, drifts = new Drifts()) {
    this.name = name;
    this.uid = uid;
    this.drifts = drifts;
  }

  /**
   * The namespace of this uid under the same name, of which nothing is known but that it was created. What is left out here
   * stays, until it is seen for which senders that changes; what was changed before the first reconcile is still a drift.
   */
  succeededBy(uid: string): TrackedNamespace {
    const successor = new TrackedNamespace(this.name, uid, this.uid === '' ? this.drifts : undefined);
    successor.cappedRoutes = this.cappedRoutes;
    successor.#emptySince = this.#emptySince;
    successor.#ringlessSince = this.#ringlessSince;
    return successor;
  }

  /** What came of it last; absent before the first time, and without a platform profile. */
  get record(): NamespaceRecord | undefined {
    return this.#record;
  }

  /** Remembers what came of it. Returns whether that differs from before. */
  setRecord(record: NamespaceRecord): boolean {
    const before = this.#record;
    if (record.state !== 'Failing') this.#failingSince = undefined;
    this.#record = record;
    return JSON.stringify(before) !== JSON.stringify(record);
  }

  /** There is no platform profile that anything could come of. */
  clearRecord(): void {
    this.#record = undefined;
    this.#ringlessSince = undefined;
  }

  /** A write failed at `now`. Returns for how long the namespace has been Failing, in milliseconds. */
  failed(now: number): number {
    this.#failingSince ??= now;
    return now - this.#failingSince;
  }

  /** The namespace with this uid was created just now: nothing runs in it for a while, so it may be closed at once. */
  markCreated(uid: string, now: number): void {
    this.#emptySince = { uid, at: now };
    this.#ringlessSince = { uid, at: now };
  }

  /** The directions in which no connection is to be protected: see `PlanInput.keptIsolated`. */
  keptIsolated(now: number): readonly Direction[] {
    const isEmpty = this.#emptySince?.uid === this.uid && now < this.#emptySince.at + emptyForMs;
    return isEmpty ? directions : this.#isolated;
  }

  /** It is as wanted: what isolates it now was not open in between if it is found missing. */
  markIsolated(isolated: readonly Direction[]): void {
    // Where it is open as wanted, connections may come about.
    if (isolated.length === 0 && this.#emptySince?.uid === this.uid) this.#emptySince = undefined;
    this.#isolated = isolated;
  }

  /** Nobody keeps it isolated for now: connections in it from then on are to be protected. */
  clearIsolated(): void {
    this.#isolated = [];
    this.#emptySince = undefined;
  }

  /**
   * For how long it was without its ring, in milliseconds, when it is in this state for the first time since its creation;
   * `undefined` where it still waits for its ring, does not get one, or was there before the operator.
   */
  timeToRing(state: NamespaceState, now: number): number | undefined {
    const created = this.#ringlessSince;
    if (created?.uid !== this.uid || state === 'Changing' || state === 'Failing') return undefined;
    this.#ringlessSince = undefined;
    return state === 'Enforced' ? now - created.at : undefined;
  }

  /** Policies that a transition covers were written at `now`. */
  wrote(now: number): void {
    this.#lastWrite = now;
  }

  /** When they were; a transition found after a restart counts from when it was found. */
  lastWrite(now: number): number {
    this.#lastWrite ??= now;
    return this.#lastWrite;
  }

  /** A transition is over. */
  settled(): void {
    this.#lastWrite = undefined;
  }
}
