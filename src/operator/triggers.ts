// What to reconcile when something changes: turns a change in a store into keys in the queue.
// Must not know what is done for a key, nor why one namespace depends on another.

import type { Logger } from 'pino';
import {
  backendNamespaces,
  namespacesAffectedByNamespace,
  namespacesAffectedByProfile,
  namespacesAffectedByServices,
  namespacesExposedThrough,
} from '../compile/across/affected-namespaces.ts';
import type { Change, Identified, Store } from '../kube/store.ts';
import { canaryNamespace } from '../model/canary-namespace.ts';
import type { Cache, CacheListener } from '../objects/cache.ts';
import type { ClusterFacts } from '../objects/cluster-facts.ts';
import type { StoredPause, StoredPlatform, StoredProfile } from '../objects/policy-resources.ts';
import { canaryKey } from './canary-watch.ts';
import type { Mistakes } from './mistakes.ts';
import type { StatusWriter } from './status-writer.ts';
import type { WorkQueue } from './work-queue.ts';

/** The key for the platform profile's status. It can't be the name of a namespace. */
export const platformKey = '/platform';

/** The key that puts every namespace into the queue. It can't be the name of a namespace. */
export const everythingKey = '/everything';

/** An edit that affects more namespaces than this is bulk work: an edit that affects few goes first. */
const mostFresh = 32;

/** The log key of a bug that keeps us from finding out what depends on an object. */
export const followingKey = '/following';

/** Receives changes. */
export interface TriggerListener {
  /** A policy of ours was created or deleted. */
  readonly onCountChanged: () => void;
  readonly mistakes: Pick<Mistakes, 'guarded'>;
}

/** From now on, every change in the cache puts the keys that depend on it into the queue. */
export function connectTriggers(
  cache: ClusterFacts & Pick<Cache, 'synced'>,
  queue: WorkQueue,
  { onCountChanged, mistakes }: TriggerListener,
): void {
  /** No single object may stop the operator: if we can't determine what depends on one, every namespace is reconciled. */
  const onChange = <T extends Identified>(store: Store<T>, follow: (change: Change<T>) => void) =>
    store.onChange(mistakes.guarded(followingKey, follow, () => queue.add(everythingKey, 'bulk')));
  /** Calls `act` with the object before the change, and with the one after it. */
  const onEach = <T extends Identified>(store: Store<T>, act: (object: T) => void) =>
    onChange(store, ({ previous, next }) => {
      if (previous !== undefined) act(previous);
      if (next !== undefined) act(next);
    });
  /** Until every object is known, nobody waits for one of them in particular. */
  const fresh = (namespaces: Iterable<string>) => {
    for (const namespace of namespaces) queue.add(namespace, cache.synced ? 'fresh' : 'bulk');
  };
  /** Until every object is known, each namespace queues itself. */
  const everything = () => {
    if (cache.synced) queue.add(everythingKey, 'bulk');
  };
  /** A change in `own` affects others too, once every object is known: until then each object queues itself. */
  const touched = (own: string, all: () => ReadonlySet<string>) => {
    fresh([own]);
    if (!cache.synced) return;
    const others = [...all()].filter((namespace) => namespace !== own);
    for (const namespace of others) queue.add(namespace, others.length > mostFresh ? 'bulk' : 'fresh');
  };
  const exposed = (namespace: string) =>
    touched(namespace, () => namespacesAffectedByServices(cache.view(), namespace));
  const exposedBy = ({ namespace }: Identified) => exposed(namespace);
  onEach(cache.stores.policies, ({ namespace }) => fresh([namespace]));
  onChange(cache.stores.policies, ({ previous, next }) => {
    if (previous?.ours !== next?.ours) onCountChanged();
  });
  onEach(cache.stores.services, exposedBy);
  onEach(cache.stores.ingresses, exposedBy);
  onEach(cache.stores.referenceGrants, exposedBy);
  for (const store of cache.gatewayRoutes) {
    onEach(store, (route) => {
      for (const namespace of backendNamespaces(route)) exposed(namespace);
    });
  }
  onEach(cache.stores.listenerSets, (set) => {
    for (const namespace of namespacesExposedThrough(cache.view(), set)) exposed(namespace);
  });
  for (const store of [
    cache.stores.validatingWebhooks,
    cache.stores.mutatingWebhooks,
    cache.stores.apiServices,
  ]) {
    onEach(store, ({ calls }) => fresh(calls.map(({ service }) => service.namespace)));
  }
  onChange(cache.stores.namespaces, ({ previous, next }) => {
    const name = (next ?? previous)?.name ?? '';
    // The failures of an earlier namespace with this name are no reason to wait longer.
    if (previous?.uid !== next?.uid) queue.forget(name);
    if (name === canaryNamespace) queue.add(canaryKey, 'bulk');
    touched(name, () => namespacesAffectedByNamespace(cache.view(), previous, next));
  });
  onChange(cache.stores.profiles, ({ previous, next }) =>
    touched((next ?? previous)?.namespace ?? '', () =>
      namespacesAffectedByProfile(
        cache.view(),
        previous,
        next,
        cache.holdingMirrorsOf((next ?? previous)?.namespace ?? ''),
      ),
    ),
  );
  onEach(cache.stores.pauses, ({ paused }) => fresh(paused === '' ? [] : [paused]));
  // These concern every namespace, but single edits in the meantime go first.
  onEach(cache.stores.gateways, everything);
  onEach(cache.stores.ingressClasses, everything);
  cache.stores.platforms.onChange(() => {
    everything();
    queue.add(platformKey, 'bulk');
  });
}

/** Knows whether somebody else wrote a status. */
type ForeignStatusCheck = Pick<StatusWriter, 'isForeign'>;

/** From now on, the status of a profile is written again at once if somebody else writes it. */
export function followStatuses(
  cache: ClusterFacts,
  queue: WorkQueue,
  {
    statuses,
    mistakes,
  }: { readonly statuses: ForeignStatusCheck; readonly mistakes: Pick<Mistakes, 'guarded'> },
): void {
  const follow = <K extends StoredProfile | StoredPlatform | StoredPause>(
    store: Store<K>,
    keyFor: (next: K) => string,
  ) => {
    const recheck = ({ next }: Change<K>) => {
      const key = next === undefined ? '' : keyFor(next);
      if (key !== '') queue.add(key, 'fresh');
    };
    const listen = (change: Change<K>) => statuses.isForeign(change) && recheck(change);
    // After our own write, one more check finds nothing to do.
    store.onUpdate(mistakes.guarded(followingKey, listen, recheck));
  };
  follow(cache.stores.profiles, ({ namespace }) => namespace);
  follow(cache.stores.platforms, () => platformKey);
  follow(cache.stores.pauses, ({ paused }) => paused);
}

/** The status reports what can't be seen, and everything is reconciled again when a kind disappears or comes back. */
export function followBlindSpots(queue: WorkQueue, log: Logger, onReportChanged: () => void): CacheListener {
  return {
    onUnreadable: (resource, object, error) => {
      log.error(
        { resource, ...object, err: error },
        'a bug in Ringfence: an object cannot be decoded; its last known version stays in force, and other objects are not affected',
      );
      onReportChanged();
    },
    onGone: () => {
      queue.add(everythingKey, 'bulk');
      onReportChanged();
    },
  };
}

/** Puts every namespace into the queue's bulk lane, also those that don't exist and have a pause, whose status says so. */
export function enqueueEverything(cache: ClusterFacts, queue: WorkQueue): void {
  const { namespaces, pauses } = cache.stores;
  for (const name of namespaces.inNamespace('').keys()) queue.add(name, 'bulk');
  for (const { paused } of pauses.all()) if (paused !== '') queue.add(paused, 'bulk');
}
