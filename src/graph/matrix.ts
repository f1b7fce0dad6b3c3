// Who reaches whom by namespace, as a matrix: for clusters with so many namespaces that arrows between them can't be followed.
// Decides the order of the namespaces, so that those that belong together are beside each other.
// Must not know how it is drawn.
import { compareText } from '../model/object-key.ts';
import { type GraphModel, isUnfenced } from './model.ts';

/** With more namespaces than this, the overview is a matrix. */
const mostNodes = 20;

/** The id of the matrix among the views of a page. */
export const matrixId = 'matrix';

/** A namespace that more than this part of the others is connected with belongs to no group of its own. */
const hubShare = 0.2;
const mostRounds = 20;

/** What the places of one room reach in another. */
export interface MatrixCell {
  /** Indexes into `GraphModel.rooms`. */
  readonly from: number;
  readonly to: number;
  /** Indexes into `GraphModel.arrows`. */
  readonly members: readonly number[];
  /** No policy isolates either side of any of them. */
  readonly unfenced: boolean;
}

/** All of it. */
export interface Matrix {
  /** Rooms that belong together, in the order of rows and columns; addresses are the last group. */
  readonly groups: readonly (readonly number[])[];
  /** Only those in which something is reached. */
  readonly cells: readonly MatrixCell[];
}

/** Whether a matrix is the better overview. */
export function needsMatrix({ rooms }: Pick<GraphModel, 'rooms'>): boolean {
  return rooms.filter(({ outside }) => !outside).length > mostNodes;
}

/** The matrix of all rooms. */
export function matrixOf(model: GraphModel): Matrix {
  const roomOf = (place: number) => model.places[place]?.room ?? -1;
  const alike = Map.groupBy(model.arrows.keys(), (index) => {
    const { from, to } = model.arrows[index] ?? { from: -1, to: -1 };
    return roomOf(from) * model.rooms.length + roomOf(to);
  });
  const cells = [...alike].map(([key, members]) => ({
    from: Math.floor(key / model.rooms.length),
    to: key % model.rooms.length,
    members,
    unfenced: members.every((index) => {
      const arrow = model.arrows[index];
      return arrow !== undefined && isUnfenced(model, arrow);
    }),
  }));
  return { groups: groupsOf(model, cells), cells: cells.sort((a, b) => a.from - b.from || a.to - b.to) };
}

type Weights = ReadonlyMap<number, number>;

/** First those that very many are connected with, then groups of those that are connected with each other, the largest first. */
function groupsOf({ rooms }: GraphModel, cells: readonly MatrixCell[]): readonly (readonly number[])[] {
  const all = [...rooms.keys()].filter((room) => rooms[room]?.outside === false);
  const outside = [...rooms.keys()].filter((room) => !all.includes(room));
  const neighbours = neighboursOf(all, cells);
  const isHub = (room: number) => (neighbours.get(room)?.size ?? 0) > all.length * hubShare;
  const hubs = all.filter(isHub);
  const labels = labelsOf(
    all.filter((room) => !isHub(room)),
    neighbours,
  );
  const byName = (a: number, b: number) => compareText(rooms[a]?.name ?? '', rooms[b]?.name ?? '');
  const groups = [...Map.groupBy(labels.keys(), (room) => labels.get(room)).values()].map((group) =>
    group.sort(byName),
  );
  const several = groups
    .filter((group) => group.length > 1)
    .sort((a, b) => b.length - a.length || byName(a[0] ?? -1, b[0] ?? -1));
  const single = groups
    .filter((group) => group.length === 1)
    .flat()
    .sort(byName);
  return [hubs.sort(byName), ...several, single, outside].filter((group) => group.length > 0);
}

/** For each room the others that rules connect it with, and how often: what stands open tells nothing of who belongs together. */
function neighboursOf(all: readonly number[], cells: readonly MatrixCell[]): ReadonlyMap<number, Weights> {
  const neighbours = new Map(all.map((room) => [room, new Map<number, number>()]));
  for (const { from, to, members, unfenced } of cells) {
    if (unfenced || from === to || !neighbours.has(from) || !neighbours.has(to)) continue;
    for (const [room, other] of [[from, to] as const, [to, from] as const]) {
      const own = neighbours.get(room);
      own?.set(other, (own.get(other) ?? 0) + members.length);
    }
  }
  return neighbours;
}

/** Label propagation: each takes the label that weighs most among its neighbours, until none changes. The same every time. */
function labelsOf(
  rooms: readonly number[],
  neighbours: ReadonlyMap<number, Weights>,
): ReadonlyMap<number, number> {
  const labels = new Map(rooms.map((room) => [room, room]));
  for (let round = 0; round < mostRounds; round += 1) {
    let changes = 0;
    for (const room of rooms) {
      const next = heaviest(neighbours.get(room) ?? new Map(), labels) ?? room;
      if (next === labels.get(room)) continue;
      labels.set(room, next);
      changes += 1;
    }
    if (changes === 0) break;
  }
  return labels;
}

function heaviest(weights: Weights, labels: ReadonlyMap<number, number>): number | undefined {
  const sums = new Map<number, number>();
  for (const [room, weight] of weights) {
    const label = labels.get(room);
    if (label !== undefined) sums.set(label, (sums.get(label) ?? 0) + weight);
  }
  return [...sums].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0]?.[0];
}
