// Keeps the facts about DNS, the API server and the address ranges up to date: it evaluates many changes at once, and only if a
// fact changes, every namespace is reconciled again. Must not know how anything is discovered.
import type { Logger } from 'pino';
import { isDiscovered } from '../discover/well-known-services.ts';
import type { Cache } from '../objects/cache.ts';
import type { ClusterFacts } from '../objects/cluster-facts.ts';
import { dnsConfigs, endpointSlices, nodes, serviceCidrs } from '../objects/discovery-resources.ts';
import { contain, type Mistakes } from './mistakes.ts';
import { everythingKey, followingKey, platformKey } from './triggers.ts';
import type { WorkQueue } from './work-queue.ts';

/** The key for evaluating DNS, the API server and the ranges of Services. It can't be the name of a namespace. */
export const discoveryKey = '/discovery';

/** The key for evaluating all of that and the nodes. It can't be the name of a namespace. */
export const nodesKey = '/nodes';

/** How long changes are collected before they are evaluated, in milliseconds. */
export interface DiscoveryDelays {
  /** A rollout of the DNS changes its endpoints several times a second. */
  readonly services: number;
  /** An autoscaler adds and removes nodes by the dozen. */
  readonly nodes: number;
}

/** The dependencies. */
export interface DiscoveryParts {
  readonly cache: ClusterFacts & Pick<Cache, 'listen'>;
  readonly queue: WorkQueue;
  readonly log: Logger;
  readonly delays: DiscoveryDelays;
  readonly mistakes: Pick<Mistakes, 'guarded'>;
}

/**
 * Evaluates the facts now.
 *
 * @throws ContainedMistake if the observed objects trigger a bug: then the last known facts stay
 */
export type EvaluateFacts = (options: { readonly nodes: boolean }) => void;

const remembered: ReadonlySet<string> = new Set(
  [endpointSlices, serviceCidrs, dnsConfigs].map(({ name }) => name),
);

/** From now on, every relevant change in the cache queues an evaluation. Returns what evaluates the facts. */
export function followDiscovery({ cache, queue, log, delays, mistakes }: DiscoveryParts): EvaluateFacts {
  const evaluateSoon = () => queue.addOnceAfter(discoveryKey, delays.services);
  const evaluateLater = () => queue.addOnceAfter(nodesKey, delays.nodes);
  cache.stores.nodes.onChange(evaluateLater);
  for (const store of [cache.stores.endpointSlices, cache.stores.serviceCidrs, cache.stores.dnsConfigs]) {
    store.onChange(evaluateSoon);
  }
  cache.stores.services.onChange(
    mistakes.guarded(
      followingKey,
      ({ previous, next }) => {
        if ([previous, next].some((service) => service !== undefined && isDiscovered(service)))
          evaluateSoon();
      },
      evaluateSoon,
    ),
  );
  // When a resource becomes readable, facts that depend on it may be discovered.
  cache.listen({
    onHealthy: (resource) => {
      if (resource === nodes.name) evaluateLater();
      else if (remembered.has(resource)) evaluateSoon();
    },
  });
  const report = () => {
    const { discovered, findings } = cache.discovery.current;
    log.info({ ...discovered, findings: findings.length }, 'the discovered facts changed');
    queue.add(everythingKey, 'bulk');
    queue.add(platformKey, 'bulk');
  };
  return (options) => {
    const before = cache.discovery.current;
    try {
      contain(() => cache.discovery.rediscover(options));
    } finally {
      if (cache.discovery.current !== before) report();
    }
  };
}
