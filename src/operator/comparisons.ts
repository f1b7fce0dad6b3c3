// Reports to people and Prometheus what comparisons of the cache with the API server find. Must not know how they are made.
import type { Logger } from 'pino';
import type { ComparisonListener } from '../kube/comparison.ts';
import { classify } from '../kube/errors.ts';
import { formatKey } from '../model/object-key.ts';
import type { Metrics } from './metrics.ts';

// A log line names at most this many objects.
const named = 5;

/** Receives the results of comparisons. */
export function followComparisons(
  metrics: Pick<Metrics, 'compared' | 'notCompared'>,
  log: Logger,
): Required<ComparisonListener> {
  return {
    onCompared: (resource, differences) => {
      metrics.compared(resource, differences.length);
      if (differences.length === 0) return;
      const objects = differences.slice(0, named).map(formatKey);
      log.warn(
        { resource, differences: differences.length, objects },
        'the watch lost events: the operator has read the objects again, and acts on them now',
      );
    },
    onNotCompared: (resource, error) => {
      metrics.notCompared();
      // The watches report an unreachable server.
      if (classify(error) === 'unreachable') return;
      log.warn(
        { resource, status: error.status, error: error.message },
        `${resource} could not be compared with the cache: the next comparison tries again`,
      );
    },
  };
}
