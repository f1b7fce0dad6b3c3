// The content of one picture: open rooms with their workloads, rooms that are folded into one node, and the arrows
// between them, with equal ones bundled. The same scene becomes Mermaid, DOT or a view of the page.
// Must not know a file format.
import { compareText } from '../model/object-key.ts';
import { bundleRest, fewestNodes } from './bundle-rest.ts';
import { bundleRooms } from './bundle-rooms.ts';
import { bundleTwins } from './bundle-twins.ts';
import {
  type ArrowBundle,
  arrowsBetween,
  countOfPlaces,
  type DrawnArrow,
  type DrawnMark,
  type DrawnNode,
  drawnNodes,
  ringLines,
} from './drawn.ts';
import { markEveryone } from './mark-everyone.ts';
import { type GraphModel, portLabels, type Ring, ringOf } from './model.ts';

/** A bundle of connections in the drawing. */
export interface SceneBundle extends ArrowBundle {
  readonly id: string;
  /** Ports, few enough to read. */
  readonly label: string;
}

/** An arrow, between the nodes of these ids. */
export interface SceneArrow extends SceneBundle {
  readonly from: string;
  readonly to: string;
}

/** A line on a node or a room: its connections with everyone. */
export interface SceneMark extends SceneBundle {
  /** As in `← everyone · all ports` and `but shop`. */
  readonly lines: readonly string[];
}

/** A shape of the picture. */
export interface SceneNode extends DrawnNode {
  readonly marks: readonly SceneMark[];
}

/** An open room. */
export interface OpenRoom {
  readonly room: number;
  readonly name: string;
  readonly outside: boolean;
  readonly ring: Ring;
  /** A few short lines below the name. */
  readonly details: readonly string[];
  readonly marks: readonly SceneMark[];
  readonly nodes: readonly SceneNode[];
}

/** One picture. */
export interface Scene {
  readonly openRooms: readonly OpenRoom[];
  /** The nodes outside of open rooms. */
  readonly nodes: readonly SceneNode[];
  readonly arrows: readonly SceneArrow[];
}

/** Which rooms are open; the others are folded, and with `only` left out if no arrow leads to an open one. */
export interface SceneChoice {
  readonly open: ReadonlySet<number>;
  readonly only: boolean;
}

/** The picture of a model with some rooms open. */
export function sceneOf(model: GraphModel, choice: SceneChoice): Scene {
  const nodes = drawnNodes(model, choice.open);
  const isOpen = ({ room }: DrawnNode) => room !== undefined && choice.open.has(room);
  const isWhole = (node: DrawnNode) => !choice.only || isOpen(node);
  const plain = arrowsBetween(model, nodes).filter(({ from, to }) => isWhole(from) || isWhole(to));
  const { marks, arrows } = markEveryone(model, bundleRooms(model, nodes, plain), isWhole);
  const bundled = [...bundleTwins(model, arrows, isWhole)].sort(
    (a, b) => byId(a.from, b.from) || byId(a.to, b.to),
  );
  const ends = new Set(bundled.flatMap(({ from, to }) => [from, to]));
  const shown = new Set([...nodes.filter(isWhole), ...ends]);
  const labelled = labeller(model);
  const drawn = bundleRest([...shown], (node) => ends.has(node) || marks.some((mark) => mark.node === node));
  const sceneNodes = [...drawn].sort(byId).map((node) => ({
    ...(isWhole(node) ? node : concerned(model, node, bundled)),
    marks: marks.filter((mark) => mark.node.id === node.id).map((mark) => labelled.mark(mark)),
  }));
  return {
    openRooms: [...choice.open]
      .sort((a, b) => a - b)
      .map((room) => ({
        ...roomHeader(model, room),
        // A mark of a whole room needs no node if no arrow leads to it.
        marks: marks
          .filter(({ node }) => node.room === room && node.kind === 'all' && !shown.has(node))
          .map((mark) => labelled.mark(mark)),
        nodes: sceneNodes.filter((node) => node.room === room),
      })),
    nodes: sceneNodes.filter((node) => !isOpen(node)),
    arrows: bundled.map((arrow) => ({
      from: arrow.from.id,
      to: arrow.to.id,
      ...labelled.bundle(arrow, 'a'),
    })),
  };
}

/** Titles by id: whole names, since labels may be cut. */
export function titlesOf(scene: Scene): ReadonlyMap<string, string> {
  const nodes = [...scene.openRooms.flatMap((room) => room.nodes), ...scene.nodes];
  const names = new Map(nodes.map(({ id, name }) => [id, name]));
  return new Map([
    ...names,
    ...scene.openRooms.map(({ room, name }) => [`room${room}`, name] as const),
    ...scene.arrows.map(
      ({ id, from, to, label }) => [id, `${names.get(from)} → ${names.get(to)}: ${label}`] as const,
    ),
  ]);
}

/** Whether it draws any ring that is not in force yet. */
export function hasPlanned({ openRooms, nodes }: Scene): boolean {
  const all = [...openRooms, ...openRooms.flatMap((room) => room.nodes), ...nodes];
  return all.some(({ ring }) => ring === 'planned');
}

/** The classes of a ring in the style sheet of a drawing. */
export const ringClass: Readonly<Record<Ring, string>> = {
  closed: 'ringed',
  planned: 'planned',
  open: 'unringed',
};

/** The class of an open room, or of a node, by its ring. */
export function looksOf(part: OpenRoom | SceneNode): string {
  if ('outside' in part) return part.outside ? 'outside' : ringClass[part.ring];
  return part.kind === 'workload' || part.kind === 'room' ? ringClass[part.ring] : 'plain';
}

/** The text on a node, or at the top of an open room: its name, its details, and what its marks say. */
export function linesOf(part: OpenRoom | SceneNode): readonly string[] {
  return [part.name, ...part.details, ...part.marks.flatMap(({ lines }) => lines)];
}

function byId(a: DrawnNode, b: DrawnNode): number {
  return (a.places[0] ?? 0) - (b.places[0] ?? 0) || compareText(a.id, b.id);
}

/** Gives bundles their labels, and ids in the order of the calls. */
function labeller(model: GraphModel) {
  const next = { a: 0, m: 0 };
  const bundle = (drawn: ArrowBundle, prefix: 'a' | 'm'): SceneBundle => {
    const { members, unfenced } = drawn;
    const id = `${prefix}${next[prefix]}`;
    next[prefix] += 1;
    return { id, label: arrowLabel(portLabels(model, members)), members, unfenced };
  };
  const mark = (drawn: DrawnMark): SceneMark => {
    const named = bundle(drawn, 'm');
    const line = `${drawn.end === 'from' ? '←' : '→'} ${drawn.who} · ${named.label}`;
    return { ...named, lines: [line, ...drawn.except.map((name) => `  but not ${name}`)] };
  };
  return { bundle, mark };
}

/** Ports for a label: the first few, and how many more there are. */
function arrowLabel(ports: readonly string[]): string {
  return ports.length <= 3 ? ports.join(', ') : `${ports.slice(0, 2).join(', ')} +${ports.length - 2}`;
}

function roomHeader(model: GraphModel, index: number) {
  const { name, outside, places } = model.rooms[index] ?? { name: '', outside: false, places: [] };
  return { room: index, name, outside, ring: ringOf(model, places), details: ringLines(model, places) };
}

/** A folded room beside an open one names the workloads with arrows. */
function concerned(model: GraphModel, node: DrawnNode, arrows: readonly DrawnArrow[]): DrawnNode {
  if (node.kind === 'several') return node;
  const mine = new Set(node.places);
  const places = new Set(
    arrows
      .filter(({ from, to }) => from === node || to === node)
      .flatMap(({ members }) => members.flatMap((index) => model.arrows[index] ?? []))
      .flatMap(({ from, to }) => [from, to])
      .filter((place) => mine.has(place)),
  );
  const names = [...places].sort((a, b) => a - b).map((place) => model.places[place]?.name ?? '');
  if (names.length <= mostNames) return { ...node, details: names };
  const count = countOfPlaces(node.places.length, node.kind === 'outside');
  return {
    ...node,
    details: [`${names.length === node.places.length ? 'all' : `${names.length} of`} ${count}`],
  };
}

/** Names that fit on a node. */
const mostNames = 3;

/** More nodes, or more arrows, can't be understood at a glance. */
const readable = { nodes: 60, arrows: 90 } as const;

/** The picture of everything, if it can be understood at a glance. */
export function readableScene(model: GraphModel): Scene | undefined {
  const fewest = model.rooms.reduce((sum, { places }) => sum + fewestNodes(places.length), 0);
  if (fewest > readable.nodes) return undefined;
  const scene = sceneOf(model, { open: new Set(model.rooms.keys()), only: false });
  const nodes = scene.openRooms.reduce((sum, room) => sum + room.nodes.length, scene.nodes.length);
  return nodes <= readable.nodes && scene.arrows.length <= readable.arrows ? scene : undefined;
}
