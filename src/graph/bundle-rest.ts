// Workloads of a large open room without arrows of their own become one node that names a few of them.
import { countOfPlaces, type DrawnNode, nodeForAll } from './drawn.ts';

/** If there are fewer, they are drawn one by one: a picture of a namespace shows its workloads. */
const mostDrawn = 24;

/**
 * The nodes, with those that have no arrows merged into one for each room with many of them.
 *
 * @param isBusy whether a node has arrows or marks of its own
 */
export function bundleRest(
  nodes: readonly DrawnNode[],
  isBusy: (node: DrawnNode) => boolean,
): readonly DrawnNode[] {
  const isLone = (node: DrawnNode) =>
    (node.kind === 'workload' || node.kind === 'addresses') && !isBusy(node);
  const lone = Map.groupBy(nodes.filter(isLone), ({ room }) => room);
  const rests = [...lone].flatMap(([room, members]) =>
    room === undefined || members.length <= mostDrawn ? [] : [restOf(room, members)],
  );
  const bundled = new Set(rests.map(({ room }) => room));
  return [...nodes.filter((node) => !isLone(node) || !bundled.has(node.room)), ...rests];
}

/** How many nodes an open room has at least, whatever its arrows are. */
export function fewestNodes(places: number): number {
  return places <= mostDrawn ? places : 1;
}

function restOf(room: number, nodes: readonly DrawnNode[]): DrawnNode {
  const outside = nodes.some(({ kind }) => kind === 'addresses');
  const name = countOfPlaces(nodes.length, outside);
  return nodeForAll(nodes, { id: `rest${room}`, kind: 'rest', room, name });
}
