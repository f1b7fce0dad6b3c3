// From an analysis to the model of a drawing: workloads become places in the rooms of their namespaces, connections become
// arrows with the rules that allow them.
// Must not know how anything is drawn.
import type { Analysis } from '../analyze/analysis.ts';
import type { AddressEnd, WorkloadEnd } from '../analyze/endpoints.ts';
import type { Direction } from '../model/network-policy.ts';
import { portSets } from '../model/port-set.ts';
import { type Link, linksOf, placeKey } from './links.ts';
import { type Arrow, type GraphModel, type GraphPlace, isUnfenced, type Standing } from './model.ts';
import { ModelLists } from './model-lists.ts';

/** The room for all addresses that belong to no pod. */
const outsideName = 'outside the cluster';

/**
 * A whole analysis as a model to draw. Its first places are the analysis's workloads, in their order.
 *
 * @param only namespaces; arrows without a workload in one of them are left out; empty: all
 */
export function modelOf(analysis: Analysis, only: readonly string[] = []): GraphModel {
  const lists = new ModelLists();
  const namespaces = [...new Set(analysis.workloads.map(({ workload }) => workload.namespace))];
  const byKey = new Map<string, GraphPlace>(workloadPlaces(analysis, namespaces, lists));
  const links = linksOf(analysis, only);
  for (const { other } of links) {
    if ('ends' in other) byKey.set(placeKey(other), addressPlace(other.ends, namespaces.length));
  }
  const indexes = new Map([...byKey.keys()].map((key, index) => [key, index]));
  const places = [...byKey.values()];
  const inRoom = Map.groupBy(places.keys(), (place) => places[place]?.room);
  const rooms = [...namespaces, outsideName].map((name, room) => ({
    name,
    outside: room === namespaces.length,
    places: inRoom.get(room) ?? [],
  }));
  const arrows = links
    .map((link) => arrowOf(analysis, link, { indexes, places, lists }))
    .sort((a, b) => a.from - b.from || a.to - b.to);
  return { rooms: rooms.filter((room) => room.places.length > 0), places, arrows, ...lists.items };
}

interface Known {
  readonly indexes: ReadonlyMap<string, number>;
  readonly places: readonly GraphPlace[];
  readonly lists: ModelLists;
}

function arrowOf(analysis: Analysis, link: Link, { indexes, places, lists }: Known): Arrow {
  const { workload, other, direction, ports } = link;
  const here = indexes.get(placeKey(workload)) ?? -1;
  const there = indexes.get(placeKey(other)) ?? -1;
  const [from, to] = direction === 'Egress' ? [here, there] : [there, here];
  const ends = 'ends' in other ? other.ends : [other];
  // There is nothing to explain if no policy isolates either end: with many open namespaces, these are most arrows.
  const parts = (isUnfenced({ places }, { from, to }) ? [] : ends).flatMap((end) =>
    direction === 'Egress' ? analysis.rules(workload, end) : analysis.rules(end, workload),
  );
  const rulesOf = (side: 'egress' | 'ingress') =>
    parts.flatMap((part) => part[side]).filter((rule) => !portSets.isEmpty(rule.ports));
  return {
    from,
    to,
    ports: lists.ports(ports),
    egress: lists.reason(rulesOf('egress')),
    ingress: lists.reason(rulesOf('ingress')),
  };
}

function workloadPlaces(
  analysis: Analysis,
  namespaces: readonly string[],
  lists: ModelLists,
): readonly (readonly [string, GraphPlace])[] {
  const rooms = new Map(namespaces.map((name, room) => [name, room]));
  const egress = standingsOf(analysis, 'Egress', lists);
  const ingress = standingsOf(analysis, 'Ingress', lists);
  return analysis.workloads.map((end, index) => {
    const sides = { egress: egress[index] ?? open, ingress: ingress[index] ?? open };
    const room = rooms.get(end.workload.namespace) ?? -1;
    return [placeKey(end), { room, ...namesOf(end, sides.egress), ...sides }];
  });
}

const open: Standing = { kind: 'Open', policies: [] };

/** The state of each workload in one direction. */
function standingsOf(analysis: Analysis, direction: Direction, lists: ModelLists): readonly Standing[] {
  const letThrough = analysis.openings(direction);
  return analysis.standings(direction).map(({ standing, policies }, workload) => {
    const kind = standing === 'Self' ? 'Open' : standing;
    const named = { kind, policies: policies.map((policy) => lists.policy(policy)) };
    return kind === 'Isolated' ? { ...named, lets: lists.opening(letThrough[workload] ?? []) } : named;
  });
}

function namesOf({ workload, pods }: WorkloadEnd, { kind }: Standing): Pick<GraphPlace, 'name' | 'detail'> {
  return {
    name: pods === undefined ? workload.name : `${workload.name} (${pods.join(', ')})`,
    detail: kind === 'HostNetwork' ? `${workload.kind}, host network` : workload.kind,
  };
}

function addressPlace(ends: readonly AddressEnd[], room: number): GraphPlace {
  const [first] = ends;
  const except = ends.flatMap((end) => end.except ?? []);
  return {
    room,
    name: ends.length > 1 ? 'any address' : (first?.cidr ?? ''),
    detail: except.length === 0 ? '' : `except ${except.join(', ')}`,
    egress: { kind: 'Outside', policies: [] },
    ingress: { kind: 'Outside', policies: [] },
  };
}
