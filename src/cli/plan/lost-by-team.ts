// Lost connections, by the namespace whose team would add a route for them: those that somebody is likely to use, and how many
// others there are. Must not know how it is printed.
import { compareEnds, type Endpoint, endpointKey, isWorkload } from '../../analyze/endpoints.ts';
import { groupsBy } from '../../model/groups.ts';
import type { NonEmpty } from '../../model/network-policy.ts';
import { compareText } from '../../model/object-key.ts';
import { formatPortSet } from '../../model/port-set.ts';
import { pairsIn } from '../output/end-names.ts';
import { type ConnectionChange, isLikelyUsed } from './difference.ts';

/** What is lost in one namespace. */
export interface TeamLosses {
  readonly namespace: string;
  /** On ports that are offered, or to addresses outside, by the ends that lose them. */
  readonly used: readonly NonEmpty<ConnectionChange>[];
  /** How many connections are lost on ports of which nobody knows whether anything listens on them. */
  readonly others: number;
}

/**
 * The lost connections of each namespace, ordered by name. Where the destination denies, its team adds the route, and a mirror opens
 * the source; where only the source denies, the team of the source does.
 */
export function lostByTeam(connections: readonly ConnectionChange[]): readonly TeamLosses[] {
  const parts = connections.filter(({ change }) => change === 'lost').flatMap(partsByTeam);
  return [...Map.groupBy(parts, ({ namespace }) => namespace)]
    .map(([namespace, lost]) => {
      const changes = lost.map(({ connection }) => connection);
      const others = changes.filter((each) => !isLikelyUsed(each));
      return {
        namespace,
        used: bySources(withSourcesTogether(changes.filter(isLikelyUsed))),
        others: others.reduce((sum, each) => sum + pairsIn(each), 0),
      };
    })
    .sort((a, b) => compareText(a.namespace, b.namespace));
}

function partsByTeam(
  connection: ConnectionChange,
): readonly { readonly namespace: string; readonly connection: ConnectionChange }[] {
  const side = connection.deniedBy === 'Egress' ? 'from' : 'to';
  return [...Map.groupBy(connection[side], namespaceIn)].map(([namespace, ends]) => ({
    namespace,
    connection: { ...connection, [side]: ends },
  }));
}

function namespaceIn(end: Endpoint): string {
  return isWorkload(end) ? end.workload.namespace : '';
}

/** What is lost at the same ends on the same ports is one, whoever sends it. */
function withSourcesTogether(changes: readonly ConnectionChange[]): readonly ConnectionChange[] {
  return groupsBy(changes, ({ to, ports, offered, because }) =>
    [...keysOf(to), formatPortSet(ports), offered && formatPortSet(offered), because].join(' '),
  ).map((alike) => ({
    ...alike[0],
    from: [...new Map(alike.flatMap(({ from }) => from).map((end) => [endpointKey(end), end])).values()].sort(
      compareEnds,
    ),
  }));
}

function bySources(changes: readonly ConnectionChange[]): readonly NonEmpty<ConnectionChange>[] {
  return groupsBy(changes, ({ from }) => keysOf(from).join(' '));
}

function keysOf(ends: readonly Endpoint[]): readonly string[] {
  return ends.map(endpointKey).sort();
}
