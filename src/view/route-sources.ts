// An index: which namespaces have routes of the Gateway API that lead to Services of a namespace.
// Without it, every namespace would have to read the routes of all others.
import { getOrInsert } from '../model/groups.ts';
import type { GatewayRouteFacts } from '../model/services.ts';

/** For each namespace, the other namespaces whose routes lead to its Services, granted or not. */
export function routeSources(routes: readonly GatewayRouteFacts[]): ReadonlyMap<string, ReadonlySet<string>> {
  const sources = new Map<string, Set<string>>();
  for (const { namespace, backends } of routes) {
    for (const backend of backends) {
      if (backend.namespace === namespace) continue;
      getOrInsert(sources, backend.namespace, () => new Set()).add(namespace);
    }
  }
  return sources;
}
