// What is remembered of namespaces because others changed something: namespaces that were created, and drifts of policies.
// Must not know what follows from it.
import type { CreatedObject } from '../kube/reflector.ts';
import type { ServerClock } from '../kube/server-clock.ts';
import type { Cache } from '../objects/cache.ts';
import { namespaces } from '../objects/policy-resources.ts';
import type { Mistakes } from './mistakes.ts';
import type { NamespaceTracker } from './namespace-tracker.ts';
import { followingKey } from './triggers.ts';

/** The dependencies. */
export interface TrackingParts {
  readonly cache: Cache;
  readonly tracker: NamespaceTracker;
  readonly clock: ServerClock;
  readonly mistakes: Pick<Mistakes, 'guarded'>;
  /** Whether the workers run: what happens before is no news to them. */
  readonly isRunning: () => boolean;
}

const bornWithinMs = 30_000;

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
      if (resource === namespaces.name && isRunning() && isYoung(created, clock))
        tracker.named(created.name).markCreated(created.uid, performance.now());
    },
  });
}

/** After a watch was interrupted for a while, objects that it reports as new may already have connected pods. */
function isYoung({ creationTimestamp }: CreatedObject, clock: ServerClock): boolean {
  const ageMs = clock.ageMs(creationTimestamp, performance.now());
  return ageMs !== undefined && ageMs < bornWithinMs;
}
