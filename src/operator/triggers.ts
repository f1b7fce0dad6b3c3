// What has to be looked at again when something changes: from a change in a store to keys in the queue.
// Must not know what is done for a key, nor why one namespace hangs on another.

import {
  backendNamespaces,
  namespacesAffectedByNamespace,
  namespacesAffectedByProfile,
  namespacesAffectedByServices,
  namespacesExposedThrough,
} from '../compile/across/affected-namespaces.ts';
import type { Change, Identified, Store } from '../kube/store.ts';
import type { Cache } from '../objects/cache.ts';
import type { StoredPlatform, StoredProfile } from '../objects/policy-resources.ts';
import type { Stores } from '../objects/stores.ts';
import type { Mistakes } from './mistakes.ts';
import type { StatusWriter } from './status-writer.ts';
import type { WorkQueue } from './work-queue.ts';

/** The key of the platform profile's status. It can't be the name of a namespace. */
export const platformKey = '/platform';

/** The key that puts every namespace into the queue. It can't be the name of a namespace. */
export const everythingKey = '/everything';

/** An edit that touches more namespaces than this is bulk work: what touches few goes before the rest of it. */
const mostFresh = 32;

/** What a mistake is logged under that keeps us from finding out what depends on an object. */
export const followingKey = '/following';

/** What hears of changes. */
export interface TriggerListener {
  /** There is a policy of ours more or less. */
  readonly onCountChanged: () => void;
  readonly mistakes: Pick<Mistakes, 'guarded'>;
}

/** From now on, every change in the cache puts the keys that depend on it into the queue. */
export function connectTriggers(
  cache: Stores & Pick<Cache, 'synced'>,
  queue: WorkQueue,
  { onCountChanged, mistakes }: TriggerListener,
): void {
  /** No single object may stop the operator: where we can't tell what depends on one, every namespace is looked at. */
  const onChange = <T extends Identified>(store: Store<T>, follow: (change: Change<T>) => void) =>
    store.onChange(mistakes.guarded(followingKey, follow, () => queue.add(everythingKey, 'bulk')));
  /** Calls `act` with the object before the change, and with the one after it. */
  const onEach = <T extends Identified>(store: Store<T>, act: (object: T) => void) =>
    onChange(store, ({ previous, next }) => {
      if (previous !== undefined) act(previous);
      if (next !== undefined) act(next);
    });
  const fresh = (namespaces: Iterable<string>) => {
    for (const namespace of namespaces) queue.add(namespace, 'fresh');
  };
  /** What was changed in `own` touches others too, once it is known what there is: until then each comes by itself. */
  const touched = (own: string, all: () => ReadonlySet<string>) => {
    fresh([own]);
    if (!cache.synced) return;
    const others = [...all()].filter((namespace) => namespace !== own);
    for (const namespace of others) queue.add(namespace, others.length > mostFresh ? 'bulk' : 'fresh');
  };
  const exposed = (namespace: string) =>
    touched(namespace, () => namespacesAffectedByServices(cache.view(), namespace));
  const exposedBy = ({ namespace }: Identified) => exposed(namespace);
  onEach(cache.policies, ({ namespace }) => fresh([namespace]));
  onChange(cache.policies, ({ previous, next }) => {
    if (previous?.ours !== next?.ours) onCountChanged();
  });
  onEach(cache.services, exposedBy);
  onEach(cache.ingresses, exposedBy);
  onEach(cache.referenceGrants, exposedBy);
  for (const { store } of cache.gatewayRoutes) {
    onEach(store, (route) => {
      for (const namespace of backendNamespaces(route)) exposed(namespace);
    });
  }
  onEach(cache.listenerSets, (set) => {
    for (const namespace of namespacesExposedThrough(cache.view(), set)) exposed(namespace);
  });
  for (const store of [cache.validatingWebhooks, cache.mutatingWebhooks, cache.apiServices]) {
    onEach(store, ({ calls }) => fresh(calls.map(({ service }) => service.namespace)));
  }
  onChange(cache.namespaces, ({ previous, next }) => {
    const name = (next ?? previous)?.name ?? '';
    // What failed in the namespace before it is no reason to wait longer in this one.
    if (previous?.uid !== next?.uid) queue.forget(name);
    touched(name, () => namespacesAffectedByNamespace(cache.view(), previous, next));
  });
  onChange(cache.profiles, ({ previous, next }) =>
    touched((next ?? previous)?.namespace ?? '', () =>
      namespacesAffectedByProfile(
        cache.view(),
        previous,
        next,
        cache.holdingMirrorsOf((next ?? previous)?.namespace ?? ''),
      ),
    ),
  );
  // These concern every namespace, but what somebody edits meanwhile goes first.
  onEach(cache.gateways, () => queue.add(everythingKey, 'bulk'));
  onEach(cache.ingressClasses, () => queue.add(everythingKey, 'bulk'));
  cache.platforms.onChange(() => {
    queue.add(everythingKey, 'bulk');
    queue.add(platformKey, 'bulk');
  });
}

/** What tells whether a status was written by somebody else. */
type StatusJudge = Pick<StatusWriter, 'isForeign'>;

/** From now on, a status that somebody else writes is looked at again at once. Returns `statuses`. */
export function followStatuses<T extends StatusJudge>(
  cache: Stores,
  queue: WorkQueue,
  { statuses, mistakes }: { readonly statuses: T; readonly mistakes: Pick<Mistakes, 'guarded'> },
): T {
  const follow = <K extends StoredProfile | StoredPlatform>(store: Store<K>, keyFor: (next: K) => string) => {
    const lookAgain = ({ next }: Change<K>) => next && queue.add(keyFor(next), 'fresh');
    const listen = (change: Change<K>) => statuses.isForeign(change) && lookAgain(change);
    // Of an own write, one more look finds nothing to do.
    store.onUpdate(mistakes.guarded(followingKey, listen, lookAgain));
  };
  follow(cache.profiles, ({ namespace }) => namespace);
  follow(cache.platforms, () => platformKey);
  return statuses;
}

/** Puts every namespace into the queue's bulk lane. */
export function enqueueEverything(cache: Cache, queue: WorkQueue): void {
  for (const name of cache.namespaces.inNamespace('').keys()) queue.add(name, 'bulk');
}
