// From an analysis to the model of a drawing: workloads become places in the rooms of their namespaces, connections become
// arrows with the rules that allow them.
// Must not know how anything is drawn.
import type { Analysis } from '../analyze/analysis.ts';
import type { AddressEnd, WorkloadEnd } from '../analyze/endpoints.ts';
import type { Explanation, SideExplanation } from '../analyze/explain.ts';
import { portSets } from '../model/port-set.ts';
import { type Link, linksOf, placeKey } from './links.ts';
import { type Arrow, type GraphModel, type GraphPlace, isUnfenced, type Standing } from './model.ts';
import { ReasonIndex } from './reason-index.ts';

/** The room for all addresses that belong to no pod. */
const outsideName = 'outside the cluster';

/**
 * A whole analysis as a model to draw. Its first places are the analysis's workloads, in their order.
 *
 * @param only namespaces; arrows without a workload in one of them are left out; empty: all
 */
export function modelOf(analysis: Analysis, only: readonly string[] = []): GraphModel {
  const notes = new ReasonIndex();
  const namespaces = [...new Set(analysis.workloads.map(({ workload }) => workload.namespace))];
  const byKey = new Map<string, GraphPlace>();
  for (const end of analysis.workloads) {
    const room = namespaces.indexOf(end.workload.namespace);
    byKey.set(placeKey(end), workloadPlace(analysis, end, room, notes));
  }
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
  return {
    rooms: rooms.filter((room) => room.places.length > 0),
    places,
    arrows: links
      .map((link) => arrowOf(analysis, link, { indexes, places, notes }))
      .sort((a, b) => a.from - b.from || a.to - b.to),
    policies: notes.policies,
    reasons: notes.reasons,
  };
}

interface Known {
  readonly indexes: ReadonlyMap<string, number>;
  readonly places: readonly GraphPlace[];
  readonly notes: ReasonIndex;
}

function arrowOf(analysis: Analysis, link: Link, { indexes, places, notes }: Known): Arrow {
  const { workload, other, direction, ports } = link;
  const here = indexes.get(placeKey(workload)) ?? -1;
  const there = indexes.get(placeKey(other)) ?? -1;
  const [from, to] = direction === 'Egress' ? [here, there] : [there, here];
  const ends = 'ends' in other ? other.ends : [other];
  // There is nothing to explain if no policy isolates either end: with many open namespaces, these are most arrows.
  const explained = (isUnfenced({ places }, { from, to }) ? [] : ends).flatMap((end) =>
    direction === 'Egress' ? analysis.explain(workload, end) : analysis.explain(end, workload),
  );
  const rulesOf = (side: 'egress' | 'ingress') =>
    explained
      .flatMap((explanation) => explanation[side].rules)
      .filter((rule) => !portSets.isEmpty(rule.ports));
  return {
    from,
    to,
    ports,
    egress: notes.reason(rulesOf('egress')),
    ingress: notes.reason(rulesOf('ingress')),
  };
}

/**
 * Which side denies, for pairs of workloads that policies isolate on both sides: one text for each source, with a character for
 * each place. `E`: egress, `I`: ingress, `B`: both, `P`: each allows something, but not on the same ports; `.`: not
 * denied, or the state of one side is enough.
 */
export function denialsOf(analysis: Analysis, model: GraphModel): Readonly<Record<string, string>> {
  const { workloads } = analysis;
  const reached = new Set(model.arrows.map(({ from, to }) => `${from} ${to}`));
  const rows: Record<string, string> = {};
  for (const [from, source] of workloads.entries()) {
    if (model.places[from]?.egress.kind !== 'Isolated') continue;
    const row = workloads.map((target, to) => {
      const isIsolated = model.places[to]?.ingress.kind === 'Isolated';
      const isClear = from === to || reached.has(`${from} ${to}`) || !isIsolated;
      return isClear ? '.' : denialOf(analysis.explain(source, target));
    });
    rows[from] = row.join('');
  }
  return rows;
}

function denialOf(explained: readonly Explanation[]): string {
  const out = explained.some(({ egress }) => egress.allows);
  const into = explained.some(({ ingress }) => ingress.allows);
  if (out && into) return 'P';
  return out ? 'I' : into ? 'E' : 'B';
}

function workloadPlace(analysis: Analysis, end: WorkloadEnd, room: number, notes: ReasonIndex): GraphPlace {
  // No pod has this address, so the answer of its own side is the complete answer.
  const nowhere: AddressEnd = { cidr: '0.0.0.0/32' };
  const [leaving] = analysis.explain(end, nowhere);
  const [entering] = analysis.explain(nowhere, end);
  const { name, kind } = end.workload;
  return {
    room,
    name: end.pods === undefined ? name : `${name} (${end.pods.join(', ')})`,
    detail: leaving?.egress.standing === 'HostNetwork' ? `${kind}, host network` : kind,
    egress: standingOf(leaving?.egress, notes),
    ingress: standingOf(entering?.ingress, notes),
  };
}

function standingOf(side: SideExplanation | undefined, notes: ReasonIndex): Standing {
  if (side === undefined || side.standing === 'Self') return { kind: 'Open', policies: [] };
  return { kind: side.standing, policies: side.policies.map((policy) => notes.policy(policy)) };
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
