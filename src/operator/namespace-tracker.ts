// The namespaces that the operator remembers, each as one entry: to forget a namespace is to delete its entry. What expires by
// itself (`WriteConflicts`, `FrozenContents`, `Owners`) is not here. Must not know what an entry is used for.
import { isDeepStrictEqual } from 'node:util';
import type { CappingReceiver } from '../compile/across/capped-in-all.ts';
import type { CappedRoute } from '../compile/across/mirror-caps.ts';
import type { RouteCount } from '../plan/route-counts.ts';
import type { NamespaceRecord, NamespaceState } from './namespace-record.ts';
import { TrackedNamespace } from './tracked-namespace.ts';

/** The namespaces that the operator remembers. */
export class NamespaceTracker {
  readonly #namespaces = new Map<string, TrackedNamespace>();
  /** The names of those that leave routes out. A name that stays here too long only costs a lookup. */
  readonly #capping = new Set<string>();

  /** The entry for this name. */
  get(name: string): TrackedNamespace | undefined {
    return this.#namespaces.get(name);
  }

  /** The entry for this name, whichever namespace has it; created if it does not exist. */
  named(name: string): TrackedNamespace {
    return this.get(name) ?? this.#set(new TrackedNamespace(name, ''));
  }

  /** The entry for the namespace with this name and uid. The entry of an earlier namespace with this name is forgotten. */
  of(name: string, uid: string): TrackedNamespace {
    const tracked = this.named(name);
    return tracked.uid === uid ? tracked : this.#set(tracked.succeededBy(uid));
  }

  /** Forgets a deleted namespace. Returns what was remembered of it. */
  forget(name: string): TrackedNamespace | undefined {
    const tracked = this.get(name);
    this.#namespaces.delete(name);
    return tracked;
  }

  /** All of them. */
  get all(): Iterable<TrackedNamespace> {
    return this.#namespaces.values();
  }

  #set(tracked: TrackedNamespace): TrackedNamespace {
    this.#namespaces.set(tracked.name, tracked);
    return tracked;
  }

  /** The record of each namespace that has one, by name. */
  records(): ReadonlyMap<string, NamespaceRecord> {
    const records = new Map<string, NamespaceRecord>();
    for (const { name, record } of this.#namespaces.values()) if (record) records.set(name, record);
    return records;
  }

  /** The states of all namespaces. */
  states(): readonly NamespaceState[] {
    return Array.from(this.records().values(), ({ state }) => state);
  }

  /** The states of the routes of all namespaces. */
  routes(): readonly RouteCount[] {
    return [...this.records().values()].flatMap(({ routes }) => routes);
  }

  /** Sets which routes of others a namespace leaves out. Returns the senders for which that has changed. */
  setCapped(receiver: TrackedNamespace, routes: readonly CappedRoute[]): readonly string[] {
    const before = receiver.cappedRoutes;
    const after = Map.groupBy(routes, ({ namespace }) => namespace);
    receiver.cappedRoutes = after.size > 0 ? after : undefined;
    if (after.size > 0) this.#capping.add(receiver.name);
    return [...new Set([...(before?.keys() ?? []), ...after.keys()])].filter(
      (sender) => !isDeepStrictEqual(before?.get(sender), after.get(sender)),
    );
  }

  /** The namespaces that leave out routes of this one, and which routes. */
  cappingReceivers(sender: string): readonly CappingReceiver[] {
    return [...this.#capping].flatMap((namespace) => {
      const bySender = this.get(namespace)?.cappedRoutes;
      if (bySender === undefined) this.#capping.delete(namespace);
      const cappedRoutes = bySender?.get(sender);
      return cappedRoutes === undefined ? [] : [{ namespace, cappedRoutes }];
    });
  }
}
