// What the meaning of a name in a question depends on, besides the analysis: the namespace for names without one, and what the
// platform profile defines. Must not know the question.
import type { Analysis } from '../../analyze/analysis.ts';
import { routeContextOf } from '../../compile/local/route-context.ts';
import { clusterServicesOf } from '../../compile/platform/cluster-services.ts';
import type { RouteContext } from '../../routes/route-end.ts';
import { appLabelOf, type ClusterSnapshot } from '../snapshot/cluster-snapshot.ts';

/** What names depend on. */
export interface NameContext {
  /** The namespace for names without one. */
  readonly namespace: string;
  /** The label whose value the end `app` of a route names. */
  readonly appLabel: string;
  /** What the ends of routes mean that the platform profile defines; absent without a platform profile. */
  readonly routeContext: RouteContext | undefined;
}

/** Names, and the objects in which they are looked up. */
export interface Names extends NameContext {
  readonly analysis: Analysis;
  /** The existing namespaces, if a word may also be the name of one, which means all of its workloads. */
  readonly namespaces?: readonly string[];
}

/** The meaning of names in a snapshot. @param namespace the namespace for names without one */
export function nameContextOf(snapshot: ClusterSnapshot, namespace: string): NameContext {
  const view = snapshot.cluster.view();
  const decoded = view.platform?.decoded;
  const spec = decoded?.ok ? decoded.value.spec : undefined;
  return {
    namespace,
    appLabel: appLabelOf(snapshot),
    routeContext: spec && routeContextOf(view, spec, namespace, clusterServicesOf(view, spec)),
  };
}
