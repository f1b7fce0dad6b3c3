// A picture as Mermaid, which GitHub draws in Markdown: subgraphs are rooms. The same text for the same picture.
// Must not know what to draw.
import { shown } from './escape.ts';
import type { Ring } from './model.ts';
import type { Picture } from './picture.ts';
import { hasPlanned, linesOf, type OpenRoom, type SceneArrow, type SceneNode } from './scene.ts';

/** GitHub's limits: Mermaid's own defaults (`maxTextSize`, in characters, and `maxEdges`), which a page can't raise. */
export const mermaidLimits = { characters: 50_000, arrows: 500 } as const;

/** Whether GitHub draws it. */
export function fitsMermaid(text: string, { scene }: Picture): boolean {
  return text.length <= mermaidLimits.characters && scene.arrows.length <= mermaidLimits.arrows;
}

/** A flowchart. */
export function renderMermaid({ title, scene, note }: Picture): string {
  const isPlanned = hasPlanned(scene);
  const words = [...(isPlanned ? [title] : []), ...(note === undefined ? [] : [note])].join('; ');
  return [
    ...(words === '' ? [] : ['---', `title: ${JSON.stringify(words)}`, '---']),
    'flowchart LR',
    '  classDef unringed stroke-dasharray: 6 4',
    ...(isPlanned ? ['  classDef planned stroke-dasharray: 8 3'] : []),
    '  classDef outside stroke-dasharray: 2 4',
    ...scene.openRooms.flatMap(subgraph),
    ...scene.nodes.map((node) => `  ${nodeLine(node)}`),
    ...scene.arrows.map((arrow) => `  ${arrowLine(arrow)}`),
    '',
  ].join('\n');
}

/** The same picture with as many arrows as GitHub draws: those with the most connections. */
export function cutToMermaid(picture: Picture): string {
  const ranked = [...picture.scene.arrows].sort((a, b) => b.members.length - a.members.length);
  for (let kept = Math.min(ranked.length, mermaidLimits.arrows); ; kept = Math.floor(kept * 0.8)) {
    const few = new Set(ranked.slice(0, kept));
    const arrows = picture.scene.arrows.filter((arrow) => few.has(arrow));
    const note = `${picture.note ?? ''}${picture.note === undefined ? '' : '; '}${ranked.length - kept} of ${ranked.length} arrows are left out`;
    const text = renderMermaid({ ...picture, scene: { ...picture.scene, arrows }, note });
    if (kept === 0 || text.length <= mermaidLimits.characters) return text;
  }
}

function subgraph(room: OpenRoom): readonly string[] {
  const looks = room.outside ? 'outside' : ringClass(room.ring);
  return [
    `  subgraph room${room.room}["${textOf(room)}"]`,
    ...room.nodes.map((node) => `    ${nodeLine(node)}`),
    '  end',
    ...(room.ring === 'closed' && !room.outside ? [] : [`  class room${room.room} ${looks}`]),
  ];
}

function nodeLine(node: SceneNode): string {
  const text = `"${textOf(node)}"`;
  switch (node.kind) {
    case 'workload':
      return `${node.id}[${text}]${classed(node.ring)}`;
    case 'room':
      return `${node.id}${node.ring === 'open' ? `[${text}]` : `[[${text}]]`}${classed(node.ring)}`;
    case 'outside':
    case 'addresses':
      return `${node.id}(${text}):::outside`;
    case 'all':
    case 'rest':
    case 'several':
      return `${node.id}([${text}])`;
  }
}

function ringClass(ring: Ring): string {
  return ring === 'planned' ? 'planned' : 'unringed';
}

function classed(ring: Ring): string {
  return ring === 'closed' ? '' : `:::${ringClass(ring)}`;
}

function arrowLine({ from, to, label, unfenced }: SceneArrow): string {
  return `${from} ${unfenced ? '-.->' : '-->'}|"${escaped(label)}"| ${to}`;
}

function textOf(part: OpenRoom | SceneNode): string {
  return linesOf(part)
    .map((line) => escaped(shown(line.trim())))
    .join('<br>');
}

/** Everything that Mermaid, Markdown or HTML could interpret becomes one of Mermaid's entity codes (`#35;` is `#`). */
function escaped(text: string): string {
  return text.replace(
    /[^\p{L}\p{N} ._/:,+\u2190\u2192\xb7\u2026-]/gu,
    (character) => `#${character.codePointAt(0)};`,
  );
}
