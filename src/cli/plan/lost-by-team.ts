// Lost connections, by the namespace whose team would add a route for them: those that somebody is likely to use, and how many
// others there are. Must not know how it is printed.
import { compareEnds, type Endpoint, endpointKey, isWorkload } from '../../analyze/endpoints.ts';
import { groupsBy, remembering } from '../../model/groups.ts';
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
  // The same few ends are in very many connections.
  const keyOf = remembering(endpointKey);
  return [...Map.groupBy(parts, ({ namespace }) => namespace)]
    .map(([namespace, lost]) => {
      const others = lost.filter(({ isUsed }) => !isUsed);
      return {
        namespace,
        used: bySources(
          withSourcesTogether(
            lost.filter(({ isUsed }) => isUsed),
            keyOf,
          ),
          keyOf,
        ),
        others: others.reduce((sum, { connection }) => sum + pairsIn(connection), 0),
      };
    })
    .sort((a, b) => compareText(a.namespace, b.namespace));
}

/** The ends of a lost connection in one namespace. */
interface PartOfTeam {
  readonly namespace: string;
  readonly connection: ConnectionChange;
  /** What is lost there, as a text that no other loss has. */
  readonly what: string;
  readonly isUsed: boolean;
}

function partsByTeam(connection: ConnectionChange): readonly PartOfTeam[] {
  const { deniedBy, ports, offered, because } = connection;
  const side = deniedBy === 'Egress' ? 'from' : 'to';
  const what = [formatPortSet(ports), offered && formatPortSet(offered), because].join(' ');
  const isUsed = isLikelyUsed(connection);
  return [...Map.groupBy(connection[side], namespaceIn)].map(([namespace, ends]) => ({
    namespace,
    connection: { ...connection, [side]: ends },
    ...{ what, isUsed },
  }));
}

function namespaceIn(end: Endpoint): string {
  return isWorkload(end) ? end.workload.namespace : '';
}

type KeyOf = (end: Endpoint) => string;

/** What is lost at the same ends on the same ports is one, whoever sends it. */
function withSourcesTogether(parts: readonly PartOfTeam[], keyOf: KeyOf): readonly ConnectionChange[] {
  return groupsBy(parts, ({ connection: { to }, what }) => [...keysOf(to, keyOf), what].join(' ')).map(
    (alike) => ({
      ...alike[0].connection,
      from: [
        ...new Map(
          alike.flatMap(({ connection: { from } }) => from).map((end) => [keyOf(end), end]),
        ).values(),
      ].sort(compareEnds),
    }),
  );
}

function bySources(
  changes: readonly ConnectionChange[],
  keyOf: KeyOf,
): readonly NonEmpty<ConnectionChange>[] {
  return groupsBy(changes, ({ from }) => keysOf(from, keyOf).join(' '));
}

function keysOf(ends: readonly Endpoint[], keyOf: KeyOf): readonly string[] {
  return ends.map(keyOf).sort();
}
