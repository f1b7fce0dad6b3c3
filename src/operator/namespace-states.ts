// What the operator remembers of each namespace between two reconciles, for statuses and for careful changes.
// All of it can be lost: after a restart it is found anew. Must not know clients.
import { isDeepStrictEqual } from 'node:util';
import type { CappingReceiver } from '../compile/across/capped-in-all.ts';
import type { CappedRoute } from '../compile/across/mirror-caps.ts';
import type { Finding } from '../model/findings.ts';
import { type Direction, directions } from '../model/network-policy.ts';
import type { Failure } from '../plan/failure.ts';
import type { RouteTally } from '../plan/route-tally.ts';
import type { PlatformFacts } from '../view/cluster-view.ts';

/** The states of a namespace. */
export const namespaceStates = [
  /** Not an application namespace. */
  'Outside',
  /** Not ringed, because the profile says Off. */
  'Off',
  /** Compiled, and nothing written. */
  'DryRun',
  /** Its policies are written. */
  'Enforced',
  /** A live namespace is being closed or opened. */
  'Changing',
  /** Its policies can't be written. */
  'Failing',
] as const;

/** The state of a namespace. */
export type NamespaceState = (typeof namespaceStates)[number];

/** What is remembered of one namespace. */
export interface NamespaceRecord {
  readonly uid: string;
  readonly state: NamespaceState;
  /** The spec of the platform profile that this was made from: see `specIdentity`. */
  readonly madeFrom: string;
  /** How many policies there are, or would be in a dry run. */
  readonly policies: number;
  readonly findings: readonly Finding[];
  readonly routes: readonly RouteTally[];
  /** Why it is Failing. */
  readonly failure: Failure | undefined;
}

/** A text that is equal for the same spec of a profile: a successor under its name begins with generation 1 again. */
export function specIdentity({ uid, generation }: PlatformFacts): string {
  return `${uid}/${generation}`;
}

/** What holds of the namespace with this uid, until a moment by `performance.now()`. */
interface KeptIsolated {
  readonly uid: string;
  readonly directions: readonly Direction[];
  readonly until: number;
}

// A pod of a namespace that was created so long ago may be up, and connected.
const emptyForMs = 30_000;

/** The records of all namespaces. */
export class NamespaceStates {
  readonly #records = new Map<string, NamespaceRecord>();
  readonly #isolated = new Map<string, KeptIsolated>();
  readonly #created = new Map<string, KeptIsolated>();
  readonly #lastWrites = new Map<string, number>();
  readonly #failingSince = new Map<string, number>();
  /** By receiver and sender, the routes that are left out because the mirrors of all would be too many. */
  readonly #cappedRoutes = new Map<string, ReadonlyMap<string, readonly CappedRoute[]>>();

  /** By name of namespace. */
  get records(): ReadonlyMap<string, NamespaceRecord> {
    return this.#records;
  }

  /** The states of all namespaces. */
  current(): readonly NamespaceState[] {
    return Array.from(this.#records.values(), ({ state }) => state);
  }

  /** The states of the routes of all namespaces. */
  routes(): readonly RouteTally[] {
    return [...this.#records.values()].flatMap(({ routes }) => routes);
  }

  /** Remembers the state of a namespace. Returns whether it differs from before. */
  record(namespace: string, record: NamespaceRecord): boolean {
    const before = this.#records.get(namespace);
    if (record.state !== 'Failing') this.#failingSince.delete(namespace);
    this.#records.set(namespace, record);
    return JSON.stringify(before) !== JSON.stringify(record);
  }

  /** Takes in that a write in a namespace failed at `now`. Returns for how long it has been Failing, in milliseconds. */
  failed(namespace: string, now: number): number {
    const since = this.#failingSince.get(namespace) ?? now;
    this.#failingSince.set(namespace, since);
    return now - since;
  }

  /** Forgets a namespace that is gone. Returns whether it was known. */
  forget(namespace: string): boolean {
    this.clearIsolated(namespace);
    this.#failingSince.delete(namespace);
    this.#lastWrites.delete(namespace);
    return this.#records.delete(namespace);
  }

  /** A namespace was created just now, at `now`: nothing runs in it for a while, so it may be closed at once. */
  markCreated(namespace: string, uid: string, now: number): void {
    this.#created.set(namespace, { uid, directions, until: now + emptyForMs });
  }

  /** The directions in which no connection is to be protected: see `PlanInput.keptIsolated`. */
  keptIsolated(namespace: string, uid: string, now: number): readonly Direction[] {
    const held = [this.#isolated, this.#created].flatMap((each) => each.get(namespace) ?? []);
    const valid = held.filter((each) => each.uid === uid && now < each.until);
    return directions.filter((direction) => valid.some((each) => each.directions.includes(direction)));
  }

  /** A namespace is as wanted: what isolates it now was not open in between if it is found missing. */
  markIsolated(namespace: string, uid: string, closed: readonly Direction[]): void {
    // Where it is open as wanted, connections may come about.
    if (closed.length === 0) this.#created.delete(namespace);
    this.#isolated.set(namespace, { uid, directions: closed, until: Number.POSITIVE_INFINITY });
  }

  /** A namespace stands nowhere: there is no platform profile. */
  clearRecord(namespace: string): void {
    this.#records.delete(namespace);
  }

  /** Takes in which routes of others are not mirrored in a namespace. Returns the senders for which that has changed. */
  capped(receiver: string, routes: readonly CappedRoute[]): readonly string[] {
    const before = this.#cappedRoutes.get(receiver);
    const after = Map.groupBy(routes, ({ namespace }) => namespace);
    if (after.size > 0) this.#cappedRoutes.set(receiver, after);
    else this.#cappedRoutes.delete(receiver);
    return [...new Set([...(before?.keys() ?? []), ...after.keys()])].filter(
      (sender) => !isDeepStrictEqual(before?.get(sender), after.get(sender)),
    );
  }

  /** The namespaces in which routes of this one are not mirrored, and which routes. */
  cappingReceivers(sender: string): readonly CappingReceiver[] {
    return [...this.#cappedRoutes].flatMap(([namespace, bySender]) => {
      const cappedRoutes = bySender.get(sender);
      return cappedRoutes === undefined ? [] : [{ namespace, cappedRoutes }];
    });
  }

  /** Nobody keeps a namespace closed for now: connections in it from then on are to be protected. */
  clearIsolated(namespace: string): void {
    this.#isolated.delete(namespace);
    this.#created.delete(namespace);
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
