// What the operator remembers of each namespace between two reconciles, for statuses and for careful changes.
// All of it can be lost: after a restart it is found anew. Must not know clients.
import type { Finding } from '../model/findings.ts';
import { type Direction, directions } from '../model/network-policy.ts';

/** Where a namespace stands. */
export type NamespaceState =
  /** Not an application namespace. */
  | 'Outside'
  /** Not ringed, because the profile says Off. */
  | 'Off'
  /** Compiled, and nothing written. */
  | 'DryRun'
  /** Its policies are written. */
  | 'Enforced'
  /** A live namespace is being closed or opened. */
  | 'Changing'
  /** Its policies can't be written. */
  | 'Failing';

/** What is remembered of one namespace. */
export interface NamespaceRecord {
  readonly uid: string;
  readonly state: NamespaceState;
  /** The generation of the platform profile that this was made from. */
  readonly generation: number;
  /** How many policies there are, or would be in a dry run. */
  readonly policies: number;
  readonly findings: readonly Finding[];
  /** Why it is Failing. */
  readonly failure: { readonly reason: string; readonly message: string } | undefined;
}

/** The records of all namespaces. */
export class Ledger {
  readonly #records = new Map<string, NamespaceRecord>();
  readonly #heldClosed = new Map<
    string,
    { readonly uid: string; readonly directions: readonly Direction[] }
  >();
  readonly #lastWrites = new Map<string, number>();

  /** By name of namespace. */
  get records(): ReadonlyMap<string, NamespaceRecord> {
    return this.#records;
  }

  /** Remembers where a namespace stands. Returns whether that differs from before. */
  record(namespace: string, record: NamespaceRecord): boolean {
    const before = this.#records.get(namespace);
    this.#records.set(namespace, record);
    return JSON.stringify(before) !== JSON.stringify(record);
  }

  /** Forgets a namespace that is gone. Returns whether it was known. */
  forget(namespace: string): boolean {
    this.#heldClosed.delete(namespace);
    this.#lastWrites.delete(namespace);
    return this.#records.delete(namespace);
  }

  /** A namespace was created just now: nothing runs in it, so it may be closed at once. */
  bornEmpty(namespace: string, uid: string): void {
    this.#heldClosed.set(namespace, { uid, directions });
  }

  /** The directions in which no connection is to be protected: see `PlanInput.heldClosed`. */
  heldClosed(namespace: string, uid: string): readonly Direction[] {
    const held = this.#heldClosed.get(namespace);
    return held?.uid === uid ? held.directions : [];
  }

  /** A namespace is as wanted: what isolates it now was not open in between if it is found missing. */
  holdClosed(namespace: string, uid: string, closed: readonly Direction[]): void {
    this.#heldClosed.set(namespace, { uid, directions: closed });
  }

  /** Policies that a transition covers were written at `now`. */
  wrote(namespace: string, now: number): void {
    this.#lastWrites.set(namespace, now);
  }

  /** When they were; a transition found after a restart counts from when it was found. */
  lastWrite(namespace: string, now: number): number {
    const last = this.#lastWrites.get(namespace) ?? now;
    this.#lastWrites.set(namespace, last);
    return last;
  }

  /** A transition is over. */
  settled(namespace: string): void {
    this.#lastWrites.delete(namespace);
  }
}
