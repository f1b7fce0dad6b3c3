// From the model and its scenes to the compact JSON that the page's script reads.
// Must not know how the page shows it.
import { type GraphModel, type GraphPlace, holesOf, ringOf } from './model.ts';
import type { PageChoice, PageData } from './page-format.ts';
import { type NamedScene, viewOf } from './page-view.ts';

/** The input of the page's script. */
export function pageDataOf(
  model: GraphModel,
  scenes: readonly NamedScene[],
  choices: readonly PageChoice[] = scenes.map(({ scene: _, ...choice }) => choice),
): PageData {
  return {
    rooms: model.rooms.map((room) => ({
      ...room,
      ring: ringOf(model, room.places),
      holes: holesOf(model, room.places),
    })),
    places: keyed(model),
    services: model.services,
    policies: model.policies,
    reasons: model.reasons,
    ports: model.ports,
    openings: model.openings,
    arrows: model.arrows.map(({ from, to, ports, egress, ingress }) => [from, to, ports, egress, ingress]),
    views: choices,
    drawn: scenes.map(viewOf),
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
