// Arrows that every workload of an open room has in common, on the same ports, start or end at one node that represents all of them.
// Exact: the bundle is true for each workload of the room.
import { type DrawnArrow, type DrawnNode, type End, looks, nodeForAll, otherEnd, together } from './drawn.ts';
import type { GraphModel } from './model.ts';

/** With fewer, single arrows read better than a bundle; for arrows that no rule asks for, two are enough. */
const worthBundling = 3;

/** The arrows, with those of whole open rooms bundled. */
export function bundleRooms(
  model: GraphModel,
  nodes: readonly DrawnNode[],
  arrows: readonly DrawnArrow[],
): readonly DrawnArrow[] {
  const rooms = new Map<DrawnNode, readonly DrawnNode[]>();
  for (const [room, members] of Map.groupBy(nodes, (node) => node.room)) {
    if (room !== undefined && members.length >= worthBundling)
      rooms.set(allOf(model, room, members), members);
  }
  return bundleEnd(model, rooms, 'to', bundleEnd(model, rooms, 'from', arrows));
}

function allOf(model: GraphModel, room: number, nodes: readonly DrawnNode[]): DrawnNode {
  const name = model.rooms[room]?.outside === true ? 'every address range' : 'every workload';
  return { ...nodeForAll(nodes, { id: `all${room}`, kind: 'all', room, name }), details: [] };
}

/** Bundles arrows with the same other end and the same look. */
function bundleEnd(
  model: GraphModel,
  rooms: ReadonlyMap<DrawnNode, readonly DrawnNode[]>,
  end: End,
  arrows: readonly DrawnArrow[],
): readonly DrawnArrow[] {
  const other = otherEnd(end);
  const alike = Map.groupBy(arrows, (arrow) => `${arrow[other].id} ${looks(model, arrow)}`);
  return [...alike.values()].flatMap((group) => {
    const peer = group[0]?.[other];
    let rest: readonly DrawnArrow[] = group;
    for (const [all, nodes] of rooms) {
      const mine = rest.filter((arrow) => nodes.includes(arrow[end]));
      const [first] = mine;
      const required = nodes.filter((node) => node !== peer).length;
      if (first === undefined || mine.length < Math.max(required, first.unfenced ? 2 : worthBundling))
        continue;
      const bundled = { ...first, [end]: all, ...together(mine) };
      rest = [...rest.filter((arrow) => !mine.includes(arrow)), bundled];
    }
    return rest;
  });
}
