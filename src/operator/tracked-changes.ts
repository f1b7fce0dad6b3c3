// What is remembered of namespaces because others changed something: namespaces that were created, and drifts of policies.
// Must not know what follows from it.
import type { CreatedObject } from '../kube/reflector.ts';
import type { ServerClock } from '../kube/server-clock.ts';
import type { Cache } from '../objects/cache.ts';
import { namespaces, networkPolicies } from '../objects/policy-resources.ts';
import { isolatedNow } from '../plan/plan.ts';
import type { Mistakes } from './mistakes.ts';
import type { NamespaceTracker } from './namespace-tracker.ts';
import { emptyForMs } from './tracked-namespace.ts';
import { followingKey } from './triggers.ts';

/** The dependencies. */
export interface TrackingParts {
  readonly cache: Cache;
  readonly tracker: NamespaceTracker;
  readonly clock: ServerClock;
  readonly mistakes: Pick<Mistakes, 'guarded'>;
  /** Whether the workers run: changes before that are no drifts. */
  readonly isRunning: () => boolean;
}

/** From now on, what others change is remembered. */
export function trackChanges({ cache, tracker, clock, mistakes, isRunning }: TrackingParts): void {
  cache.stores.policies.onChange(
    mistakes.guarded(
      followingKey,
      (change) => {
        const policy = change.next ?? change.previous;
        if (isRunning() && policy) tracker.named(policy.namespace).drifts.changed(change);
      },
      () => {},
    ),
  );
  cache.listen({
    onCreated: (resource, created) => {
      if (resource === namespaces.name && isRunning() && isEmpty(created, clock))
        tracker.named(created.name).markCreated(created.uid, performance.now());
    },
    onRelisted: (resource) => {
      if (resource !== networkPolicies.name) return;
      for (const namespace of tracker.all)
        namespace.keepIsolated(isolatedNow(cache.policiesIn(namespace.name).owned));
    },
  });
}

/** A watch that was interrupted for a while also reports namespaces as new whose pods may already be connected. */
function isEmpty({ creationTimestamp }: CreatedObject, clock: ServerClock): boolean {
  const ageMs = clock.ageMs(creationTimestamp, performance.now());
  return ageMs !== undefined && ageMs < emptyForMs;
}
