// What has to be looked at again when something changes: from a change in a store to keys in the queue.
// Must not know what is done for a key.
import type { Cache } from '../cluster/cache.ts';
import type { Change, Identified, Store } from '../cluster/store.ts';
import type { GatewayRouteFacts } from '../model/services.ts';
import type { WorkQueue } from './work-queue.ts';

/** The key of the platform profile's status. It can't be the name of a namespace. */
export const platformKey = '/platform';

/** The key that puts every namespace into the queue. It can't be the name of a namespace. */
export const everythingKey = '/everything';

/** From now on, every change in the cache puts the keys that depend on it into the queue. */
export function connectTriggers(cache: Cache, queue: WorkQueue): void {
  const fresh = (namespaces: Iterable<string>) => {
    for (const namespace of namespaces) queue.add(namespace, 'fresh');
  };
  const outward = new OutwardNamespaces(cache);
  const own = ({ namespace }: Identified) => fresh([namespace]);
  onEach(cache.policies, own);
  onEach(cache.services, own);
  onEach(cache.ingresses, own);
  onEach(cache.referenceGrants, own);
  for (const store of [cache.httpRoutes, cache.grpcRoutes]) onEach(store, (route) => fresh(leadingTo(route)));
  for (const store of [cache.validatingWebhooks, cache.mutatingWebhooks, cache.apiServices]) {
    onEach(store, ({ calls }) => fresh(calls.map(({ service }) => service.namespace)));
  }
  onEach(cache.namespaces, ({ name }) => {
    fresh([name]);
    // Whom a route leads to, and who is let in, goes by labels.
    for (const namespace of outward.all) queue.add(namespace, 'bulk');
  });
  onEach(cache.profiles, ({ namespace }) => {
    fresh([namespace]);
    for (const other of outward.all) queue.add(other, 'bulk');
  });
  // These concern every namespace, but what somebody edits meanwhile goes first.
  onEach(cache.gateways, () => queue.add(everythingKey, 'bulk'));
  onEach(cache.ingressClasses, () => queue.add(everythingKey, 'bulk'));
  cache.platforms.onChange(() => {
    queue.add(everythingKey, 'bulk');
    queue.add(platformKey, 'bulk');
  });
}

/** Puts every namespace into the queue's bulk lane. */
export function enqueueEverything(cache: Cache, queue: WorkQueue): void {
  for (const name of cache.namespaces.inNamespace('').keys()) queue.add(name, 'bulk');
}

/** Calls `act` with the object before the change, and with the one after it. */
function onEach<T extends Identified>(store: Store<T>, act: (object: T) => void): void {
  store.onChange(({ previous, next }: Change<T>) => {
    if (previous !== undefined) act(previous);
    if (next !== undefined) act(next);
  });
}

function leadingTo({ namespace, backends }: GatewayRouteFacts): ReadonlySet<string> {
  return new Set([namespace, ...backends.map((backend) => backend.namespace)]);
}

/** The namespaces with routes to other namespaces: what these say decides over the state of such routes. */
class OutwardNamespaces {
  readonly #all = new Set<string>();

  constructor(cache: Cache) {
    cache.profiles.onChange(({ previous, next }) => {
      const namespace = next?.namespace ?? previous?.namespace ?? '';
      const profiles = [...cache.profiles.inNamespace(namespace).values()];
      const isOutward = profiles.some(
        ({ decoded }) => decoded.ok && decoded.value.spec.routes.some(({ to }) => 'namespace' in to),
      );
      if (isOutward) this.#all.add(namespace);
      else this.#all.delete(namespace);
    });
  }

  get all(): ReadonlySet<string> {
    return this.#all;
  }
}
