// From the model and its scenes to the compact JSON that the page's script reads.
// Must not know how the page shows it.
import { type GraphModel, isRinged, portLabels } from './model.ts';
import type { PageBundle, PageData, PageView } from './page-format.ts';
import type { Scene, SceneNode } from './scene.ts';

/** A picture of the page, and its title. */
export interface NamedScene {
  readonly id: string;
  readonly name: string;
  readonly room?: number;
  readonly scene: Scene;
}

/** The input of the page's script. */
export function pageDataOf(
  model: GraphModel,
  denials: Readonly<Record<string, string>>,
  scenes: readonly NamedScene[],
): PageData {
  const ports = new Map<string, number>();
  const arrows = model.arrows.map(({ from, to, egress, ingress }, index) => {
    const text = portLabels(model, [index]).join(', ');
    const known = ports.get(text) ?? ports.size;
    ports.set(text, known);
    return [from, to, known, egress, ingress] as const;
  });
  return {
    rooms: model.rooms.map(({ name, outside, places }) => ({
      name,
      outside,
      ringed: isRinged(model, places),
      places,
    })),
    places: keyed(model),
    policies: model.policies,
    reasons: model.reasons,
    ports: [...ports.keys()],
    arrows,
    denials,
    views: scenes.map(viewOf),
  };
}

/** `shop/web`; with the kind if two in a namespace have the same name, and with a number if even that is not unique. */
function keyed(model: GraphModel): PageData['places'] {
  const taken = new Map<string, number>();
  const plain = model.places.map(({ room, name }) => {
    const { name: roomName = '', outside = false } = model.rooms[room] ?? {};
    return outside ? name : `${roomName}/${name}`;
  });
  return model.places.map((place, index) => {
    const key = plain[index] ?? '';
    const isShared = plain.filter((other) => other === key).length > 1 && place.detail !== '';
    const whole = isShared ? `${key} (${place.detail})` : key;
    const count = (taken.get(whole) ?? 0) + 1;
    taken.set(whole, count);
    return { ...place, key: count === 1 ? whole : `${whole} #${count}` };
  });
}

function viewOf({ id, name, room, scene }: NamedScene): PageView {
  const nodes = [...scene.openRooms.flatMap((open) => open.nodes), ...scene.nodes];
  const marks = [
    ...nodes.flatMap((node) => node.marks.map((mark) => ({ mark, at: node.id }))),
    ...scene.openRooms.flatMap((open) => open.marks.map((mark) => ({ mark, at: `room${open.room}` }))),
  ];
  return {
    id,
    name,
    ...(room === undefined ? {} : { room }),
    nodes: nodes.map(pageNode),
    bundles: [
      ...scene.arrows.map(({ id: arrow, from, to, label, unfenced, members }): PageBundle => {
        return { id: arrow, from, to, label, unfenced, members };
      }),
      ...marks.map(({ mark, at }): PageBundle => {
        const { id: markId, label, unfenced, members } = mark;
        return {
          id: markId,
          at,
          text: mark.lines.map((line) => line.trim()).join(', '),
          label,
          unfenced,
          members,
        };
      }),
    ],
  };
}

function pageNode({ id, kind, room, places }: SceneNode): PageView['nodes'][number] {
  return { id, kind, ...(room === undefined ? {} : { room }), places };
}
