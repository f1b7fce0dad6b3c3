// Follows what is known of DNS, the API server and the address ranges: many changes make one look, and only where it shows
// something new is every namespace looked at again. Must not know how anything is found out.
import type { Logger } from 'pino';
import { isDiscovered } from '../discover/well-known-services.ts';
import { dnsConfigs, endpointSlices, nodes, serviceCidrs } from '../objects/discovery-resources.ts';
import type { Stores } from '../objects/stores.ts';
import { contain, type Mistakes } from './mistakes.ts';
import { everythingKey, followingKey, platformKey } from './triggers.ts';
import type { WorkQueue } from './work-queue.ts';

/** The key of a look at DNS, the API server and the ranges of Services. It can't be the name of a namespace. */
export const discoveryKey = '/discovery';

/** The key of a look at all of that and at the nodes. It can't be the name of a namespace. */
export const nodesKey = '/nodes';

/** How long changes are gathered before one look at all of them, in milliseconds. */
export interface DiscoveryDelays {
  /** A rollout of the DNS changes its endpoints several times a second. */
  readonly services: number;
  /** An autoscaler adds and removes nodes by the dozen. */
  readonly nodes: number;
}

/** What it takes. */
export interface DiscoveryParts {
  readonly cache: Stores;
  readonly queue: WorkQueue;
  readonly log: Logger;
  readonly delays: DiscoveryDelays;
  readonly mistakes: Pick<Mistakes, 'guarded'>;
}

/** What is known, followed. */
export interface FollowedDiscovery {
  /** Takes in that a resource can be read: what could not be found out from it may be found out now. */
  readable(resource: string): void;
  /**
   * Looks now.
   *
   * @throws ContainedMistake where what was seen brings a mistake of ours to light: what was known last holds
   */
  look(options: { readonly nodes: boolean }): void;
}

const remembered: ReadonlySet<string> = new Set(
  [endpointSlices, serviceCidrs, dnsConfigs].map(({ name }) => name),
);

/** From now on, every change in the cache that may tell something new puts a look into the queue. */
export function followDiscovery({ cache, queue, log, delays, mistakes }: DiscoveryParts): FollowedDiscovery {
  const lookSoon = () => queue.addOnceAfter(discoveryKey, delays.services);
  const lookLater = () => queue.addOnceAfter(nodesKey, delays.nodes);
  cache.nodes.onChange(lookLater);
  for (const store of [cache.endpointSlices, cache.serviceCidrs, cache.dnsConfigs]) {
    store.onChange(lookSoon);
  }
  cache.services.onChange(
    mistakes.guarded(
      followingKey,
      ({ previous, next }) => {
        if ([previous, next].some((service) => service !== undefined && isDiscovered(service))) lookSoon();
      },
      lookSoon,
    ),
  );
  const tell = () => {
    const { discovered, findings } = cache.discovery;
    log.info({ ...discovered, findings: findings.length }, 'the discovered facts changed');
    queue.add(everythingKey, 'bulk');
    queue.add(platformKey, 'bulk');
  };
  return {
    readable(resource) {
      if (resource === nodes.name) lookLater();
      else if (remembered.has(resource)) lookSoon();
    },
    look(options) {
      const before = cache.discovery;
      try {
        contain(() => cache.rediscover(options));
      } finally {
        if (cache.discovery !== before) tell();
      }
    },
  };
}
