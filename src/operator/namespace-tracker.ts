// The namespaces that are remembered, each as one entry: to forget a namespace is to delete its entry. What expires by
// itself (`WriteConflicts`, `FrozenContents`, `Owners`) is not here. Must not know what is remembered of one for which purpose.
import { isDeepStrictEqual } from 'node:util';
import type { CappingReceiver } from '../compile/across/capped-in-all.ts';
import type { CappedRoute } from '../compile/across/mirror-caps.ts';
import type { RouteTally } from '../plan/route-tally.ts';
import type { NamespaceRecord, NamespaceState } from './namespace-record.ts';
import { TrackedNamespace } from './tracked-namespace.ts';

/** The namespaces that are remembered. */
export class NamespaceTracker {
  readonly #namespaces = new Map<string, TrackedNamespace>();
  /** The names of those that leave routes out. A name that stays here too long costs a look, and no more. */
  readonly #capping = new Set<string>();

  /** What is remembered under this name. */
  get(name: string): TrackedNamespace | undefined {
    return this.#namespaces.get(name);
  }

  /** What is remembered under this name, whichever namespace has it, from now on. */
  named(name: string): TrackedNamespace {
    return this.get(name) ?? this.#set(new TrackedNamespace(name, ''));
  }

  /** What is remembered of the namespace of this name and uid. What was remembered of another one of the name is forgotten. */
  of(name: string, uid: string): TrackedNamespace {
    const tracked = this.named(name);
    return tracked.uid === uid ? tracked : this.#set(tracked.succeededBy(uid));
  }

  /** Forgets a namespace that is gone. Returns what was known. */
  forget(name: string): TrackedNamespace | undefined {
    const tracked = this.get(name);
    this.#namespaces.delete(name);
    return tracked;
  }

  #set(tracked: TrackedNamespace): TrackedNamespace {
    this.#namespaces.set(tracked.name, tracked);
    return tracked;
  }

  /** What came of each namespace of which that is known, by name. */
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
  routes(): readonly RouteTally[] {
    return [...this.records().values()].flatMap(({ routes }) => routes);
  }

  /** Takes in which routes of others are left out of a namespace. Returns the senders for which that has changed. */
  setCapped(receiver: TrackedNamespace, routes: readonly CappedRoute[]): readonly string[] {
    const before = receiver.cappedRoutes;
    const after = Map.groupBy(routes, ({ namespace }) => namespace);
    receiver.cappedRoutes = after.size > 0 ? after : undefined;
    if (after.size > 0) this.#capping.add(receiver.name);
    return [...new Set([...(before?.keys() ?? []), ...after.keys()])].filter(
      (sender) => !isDeepStrictEqual(before?.get(sender), after.get(sender)),
    );
  }

  /** The namespaces that routes of this one are left out of, and which routes. */
  cappingReceivers(sender: string): readonly CappingReceiver[] {
    return [...this.#capping].flatMap((namespace) => {
      const bySender = this.get(namespace)?.cappedRoutes;
      if (bySender === undefined) this.#capping.delete(namespace);
      const cappedRoutes = bySender?.get(sender);
      return cappedRoutes === undefined ? [] : [{ namespace, cappedRoutes }];
    });
  }
}
