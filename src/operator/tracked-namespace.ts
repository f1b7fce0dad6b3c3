// Everything that the operator remembers of one namespace between two reconciles, for statuses, Events and careful changes.
// It can be lost at any time: after a restart it is rebuilt. Must not know clients, nor other namespaces.
import type { CappedRoute } from '../compile/across/mirror-caps.ts';
import { type Direction, directions } from '../model/network-policy.ts';
import type { DriftEvents } from './drift-reporter.ts';
import { Drifts } from './drifts.ts';
import type { NamespaceRecord, NamespaceState } from './namespace-record.ts';

/** An observed creation, by `performance.now()`. By then, another namespace may have the name. */
interface Creation {
  readonly uid: string;
  readonly at: number;
}

/** For this long after its creation, in milliseconds, no pod of a namespace runs and is connected. */
export const emptyForMs = 30_000;

/** A remembered namespace. Times are in milliseconds, by `performance.now()`. */
export class TrackedNamespace {
  readonly name: string;
  /** `''` if something happened in it before it was first reconciled. */
  readonly uid: string;
  /** What others changed in it. */
  readonly drifts: Drifts;
  /** How many Events of drifts may be sent, and the waiting ones; absent if there was no drift. */
  driftEvents?: DriftEvents | undefined;
  /** The names of the Events that were sent and still apply; absent if there are none. */
  emitted?: ReadonlySet<string> | undefined;
  /** By sender, the routes that are left out here because the mirrors of all would exceed the limit; absent if there are none. */
  cappedRoutes?: ReadonlyMap<string, readonly CappedRoute[]> | undefined;
  #record: NamespaceRecord | undefined;
  #isolated: readonly Direction[] = [];
  #emptySince: Creation | undefined;
  #ringlessSince: Creation | undefined;
  #lastWrite: number | undefined;
  #failingSince: number | undefined;
  #conflictingSince: number | undefined;

  constructor(name: string, uid: string, drifts = new Drifts()) {
    this.name = name;
    this.uid = uid;
    this.drifts = drifts;
  }

  /**
   * A new entry for the namespace with this uid under the same name: only its creation is known. The routes that are left out here
   * stay, until it is known for which senders that changes; a change before the first reconcile is still a drift.
   */
  succeededBy(uid: string): TrackedNamespace {
    const successor = new TrackedNamespace(this.name, uid, this.uid === '' ? this.drifts : undefined);
    successor.cappedRoutes = this.cappedRoutes;
    successor.#emptySince = this.#emptySince;
    successor.#ringlessSince = this.#ringlessSince;
    return successor;
  }

  /** The last record; absent before the first reconcile, and without a platform profile. */
  get record(): NamespaceRecord | undefined {
    return this.#record;
  }

  /** Sets the record. Returns whether it has changed. */
  setRecord(record: NamespaceRecord): boolean {
    const before = this.#record;
    if (record.state !== 'Failing') this.#failingSince = undefined;
    this.#conflictingSince = undefined;
    this.#record = record;
    return JSON.stringify(before) !== JSON.stringify(record);
  }

  /** There is no platform profile, so there is no record. */
  clearRecord(): void {
    this.#record = undefined;
    this.#ringlessSince = undefined;
  }

  /**
   * A write was refused at `now` because the server has something else than we know. Returns for how long that has been so, without a
   * result in between, in milliseconds.
   */
  conflicted(now: number): number {
    this.#conflictingSince ??= now;
    return now - this.#conflictingSince;
  }

  /** A write failed at `now`. Returns how long the namespace has been Failing, in milliseconds. */
  failed(now: number): number {
    this.#failingSince ??= now;
    return now - this.#failingSince;
  }

  /** The namespace with this uid was just created: nothing runs in it for a while, so it may be closed at once. */
  markCreated(uid: string, now: number): void {
    this.#emptySince = { uid, at: now };
    this.#ringlessSince = { uid, at: now };
  }

  /** The directions in which there is no connection to protect: see `PlanInput.keptIsolated`. */
  keptIsolated(now: number): readonly Direction[] {
    const isEmpty = this.#emptySince?.uid === this.uid && now < this.#emptySince.at + emptyForMs;
    return isEmpty ? directions : this.#isolated;
  }

  /** It is as desired: if its isolation is found missing later, it was not open in between. */
  markIsolated(isolated: readonly Direction[]): void {
    // Where it is open as desired, connections may be established.
    if (isolated.length === 0 && this.#emptySince?.uid === this.uid) this.#emptySince = undefined;
    this.#isolated = isolated;
  }

  /** Nobody has watched it for a while: where it is no longer isolated, there may be connections since then. */
  keepIsolated(found: readonly Direction[]): void {
    this.#isolated = this.#isolated.filter((direction) => found.includes(direction));
  }

  /** For now, nobody keeps it isolated: connections in it from then on have to be protected. */
  clearIsolated(): void {
    this.#isolated = [];
    this.#emptySince = undefined;
  }

  /**
   * How long it was without its ring, in milliseconds, when it gets this state for the first time since its creation;
   * `undefined` if it still waits for its ring, gets none, or existed before the operator started.
   */
  timeToRing(state: NamespaceState, now: number): number | undefined {
    const created = this.#ringlessSince;
    if (created?.uid !== this.uid || state === 'Changing' || state === 'Failing') return undefined;
    this.#ringlessSince = undefined;
    return state === 'Enforced' ? now - created.at : undefined;
  }

  /** Policies of a transition were written at `now`. */
  wrote(now: number): void {
    this.#lastWrite = now;
  }

  /** When they were written; a transition that is found after a restart counts from when it was found. */
  lastWrite(now: number): number {
    this.#lastWrite ??= now;
    return this.#lastWrite;
  }

  /** A transition has ended. */
  settled(): void {
    this.#lastWrite = undefined;
  }
}
