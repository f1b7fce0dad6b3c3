// Lost connections, by the namespace whose team would add a route for them: those that somebody is likely to use, and how many
// others there are. Must not know how it is printed.
import { type Endpoint, isWorkload } from '../../analyze/endpoints.ts';
import { compareText } from '../../model/object-key.ts';
import { pairsIn } from '../output/end-names.ts';
import { type ConnectionChange, isLikelyUsed } from './difference.ts';

/** What is lost in one namespace. */
export interface TeamLosses {
  readonly namespace: string;
  /** On ports that are offered, or to addresses outside. */
  readonly used: readonly ConnectionChange[];
  /** How many connections are lost on ports of which nobody knows whether anything listens on them. */
  readonly others: number;
}

/** The lost connections of each namespace: those to its workloads, and those of its workloads to addresses. Ordered by name. */
export function lostByTeam(connections: readonly ConnectionChange[]): readonly TeamLosses[] {
  const parts = connections.filter(({ change }) => change === 'lost').flatMap(partsByTeam);
  return [...Map.groupBy(parts, ({ namespace }) => namespace)]
    .map(([namespace, lost]) => {
      const changes = lost.map(({ connection }) => connection);
      const others = changes.filter((each) => !isLikelyUsed(each));
      return {
        namespace,
        used: changes.filter(isLikelyUsed),
        others: others.reduce((sum, each) => sum + pairsIn(each), 0),
      };
    })
    .sort((a, b) => compareText(a.namespace, b.namespace));
}

function partsByTeam(
  connection: ConnectionChange,
): readonly { readonly namespace: string; readonly connection: ConnectionChange }[] {
  const side = connection.offered === undefined ? 'from' : 'to';
  return [...Map.groupBy(connection[side], namespaceIn)].map(([namespace, ends]) => ({
    namespace,
    connection: { ...connection, [side]: ends },
  }));
}

function namespaceIn(end: Endpoint): string {
  return isWorkload(end) ? end.workload.namespace : '';
}
