// A scene as DOT, the language of Graphviz: rooms are clusters, and the kind of an element becomes its class, which the style
// sheet of the drawing formats. Looks good without one, too.
// Must not run Graphviz.
import { shown, xml } from './escape.ts';
import { linesOf, looksOf, type OpenRoom, type Scene, type SceneArrow, type SceneNode } from './scene.ts';

/** Text is measured as Courier: no monospaced font of a browser is wider. */
const font = 'fontname="Courier"';

/** A scene in the DOT language: the same text for the same scene. */
export function renderDot(scene: Scene): string {
  const busy = new Set(scene.arrows.flatMap(({ from, to }) => [from, to]));
  const allowed = new Set(
    scene.arrows.flatMap(({ from, to, unfenced }) => (unfenced ? [] : [`${from} ${to}`])),
  );
  return [
    'digraph ringfence {',
    `  graph [rankdir=LR, bgcolor=transparent, pad=0.35, nodesep=0.2, ranksep=0.6, outputorder=edgesfirst, ${font}, fontsize=14]`,
    `  node [shape=box, style=rounded, margin="0.16,0.08", height=0.4, ${font}, fontsize=14]`,
    `  edge [arrowsize=0.75, ${font}, fontsize=11]`,
    ...scene.openRooms.flatMap((room) => cluster(room, busy)),
    ...fromTheTop(scene.nodes, busy).map((node) => `  ${nodeLine(node)}`),
    ...inRows(scene.nodes.filter(({ id }) => !busy.has(id))).map((line) => `  ${line}`),
    ...scene.arrows.map((arrow) => `  ${arrowLine(arrow, allowed)}`),
    '}',
    '',
  ].join('\n');
}

/** A closed ring is a second border: a cluster in a cluster. */
function cluster(room: OpenRoom, busy: ReadonlySet<string>): readonly string[] {
  const looks = looksOf(room);
  const inner = [
    `  subgraph cluster_room${room.room} {`,
    `    graph [id="room${room.room}", class="open ${looks}", style="rounded${dashes(looks)}", labeljust=l, margin=20, label=<${labelOf(room)}>]`,
    ...fromTheTop(room.nodes, busy).map((node) => `    ${nodeLine(node)}`),
    ...inRows(room.nodes.filter(({ id }) => !busy.has(id))).map((line) => `    ${line}`),
    '  }',
  ];
  if (room.ring === 'open') return inner;
  return [
    `  subgraph cluster_ring${room.room} {`,
    `  graph [id="ring${room.room}", class="ring ${looks}", style="rounded${dashes(looks)}", margin=5, label=""]`,
    ...inner,
    '  }',
  ];
}

function nodeLine(node: SceneNode): string {
  const looks = looksOf(node);
  const wall = node.kind === 'room' && node.ring !== 'open' ? ', peripheries=2' : '';
  return `${node.id} [id="${node.id}", class="${node.kind} ${looks}", style="rounded${dashes(looks)}"${wall}, label=<${labelOf(node)}>]`;
}

function dashes(looks: string): string {
  return looks === 'unringed' || looks === 'planned' ? ',dashed' : '';
}

/**
 * Allowed arrows decide what is left and what is right: an arrow that no rule asks for is written in reverse if an allowed
 * one goes back, and only drawn in its own direction.
 */
function arrowLine(arrow: SceneArrow, allowed: ReadonlySet<string>): string {
  const { from, to, id, label } = arrow;
  const more = `label=<${xml(label)}>`;
  if (!arrow.unfenced) return `${from} -> ${to} [id="${id}", class="allowed", ${more}]`;
  const looks = `id="${id}", class="unfenced", style=dotted`;
  if (!allowed.has(`${to} ${from}`)) return `${from} -> ${to} [${looks}, arrowhead=vee, ${more}]`;
  return `${to} -> ${from} [${looks}, dir=back, arrowtail=vee, ${more}]`;
}

/** Of nodes without arrows, Graphviz puts the later ones above. */
function fromTheTop(nodes: readonly SceneNode[], busy: ReadonlySet<string>): readonly SceneNode[] {
  const lone = nodes.filter(({ id }) => !busy.has(id)).reverse();
  return [...nodes.filter(({ id }) => busy.has(id)), ...lone];
}

/** Nodes without arrows would make one long column: invisible arrows arrange them in rows. */
function inRows(nodes: readonly SceneNode[]): readonly string[] {
  const columns = Math.ceil(Math.sqrt(nodes.length));
  const rows = Map.groupBy(nodes.entries(), ([index]) => Math.floor(index / columns));
  const lines = [...rows.values()]
    .filter((row) => row.length > 1)
    .map((row) => `${row.map(([, { id }]) => id).join(' -> ')} [style=invis]`);
  // Graphviz puts later ones above.
  return lines.reverse();
}

/** The name and smaller lines below it, as an HTML-like label; a table has better line spacing. */
function labelOf(part: OpenRoom | SceneNode): string {
  const rows = linesOf(part).map(
    (line, index) =>
      `<TR><TD ALIGN="LEFT"><FONT POINT-SIZE="${index === 0 ? 14 : 11}">${xml(shown(line))}</FONT></TD></TR>`,
  );
  return `<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1">${rows.join('')}</TABLE>`;
}
