// From the model and its scenes to the compact JSON that the page's script reads.
// Must not know how the page shows it.
import { type GraphModel, type GraphPlace, holesOf, portWords, ringOf } from './model.ts';
import type { PageBundle, PageData, PageNode, PageView } from './page-format.ts';
import type { Scene, SceneMark, SceneNode } from './scene.ts';

/** A picture of the page, and its title. */
export interface NamedScene {
  readonly id: string;
  readonly name: string;
  readonly room?: number;
  readonly scene: Scene;
}

/** The input of the page's script. */
export function pageDataOf(model: GraphModel, scenes: readonly NamedScene[]): PageData {
  return {
    rooms: model.rooms.map((room) => ({
      ...room,
      ring: ringOf(model, room.places),
      holes: holesOf(model, room.places),
    })),
    places: keyed(model),
    policies: model.policies,
    reasons: model.reasons,
    ports: model.ports.map((ports) => portWords(ports).join(', ')),
    openings: model.openings,
    arrows: model.arrows.map(({ from, to, ports, egress, ingress }) => [from, to, ports, egress, ingress]),
    views: scenes.map(viewOf),
  };
}

/** `shop/web`; with the kind if two in a namespace have the same name, and with a number if even that is not unique. */
function keyed(model: GraphModel): PageData['places'] {
  const nameOf = ({ room, name }: GraphPlace) =>
    model.rooms[room]?.outside ? name : `${model.rooms[room]?.name}/${name}`;
  const sharing = Map.groupBy(model.places, nameOf);
  const taken = new Map<string, number>();
  return model.places.map((place) => {
    const name = nameOf(place);
    const isShared = sharing.get(name)?.length !== 1 && place.detail !== '';
    const whole = isShared ? `${name} (${place.detail})` : name;
    const count = (taken.get(whole) ?? 0) + 1;
    taken.set(whole, count);
    return { ...place, key: count === 1 ? whole : `${whole} #${count}` };
  });
}

function viewOf({ id, name, room, scene }: NamedScene): PageView {
  const nodes = [...scene.openRooms.flatMap((open) => open.nodes), ...scene.nodes];
  const marks = [
    ...nodes.flatMap((node) => node.marks.map((mark) => pageMark(mark, node.id))),
    ...scene.openRooms.flatMap((open) => open.marks.map((mark) => pageMark(mark, `room${open.room}`))),
  ];
  return {
    id,
    name,
    ...(room === undefined ? {} : { room }),
    nodes: nodes.map(pageNode),
    bundles: [...scene.arrows, ...marks],
  };
}

function pageMark({ lines, ...bundle }: SceneMark, at: string): PageBundle {
  return { ...bundle, at, text: lines.map((line) => line.trim()).join(', ') };
}

function pageNode({ id, kind, room, places }: SceneNode): PageNode {
  return { id, kind, ...(room === undefined ? {} : { room }), places };
}
