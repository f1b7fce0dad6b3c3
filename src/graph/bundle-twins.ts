// Folded rooms beside an open one that have exactly the same arrows become one node that names them.
import { type DrawnArrow, type DrawnNode, looks, mergeArrows, nodeForAll } from './drawn.ts';
import type { GraphModel } from './model.ts';

/** With fewer, single nodes read better than a bundle. */
const worthBundling = 3;

/** The arrows, with one node for folded rooms that have the same arrows. */
export function bundleTwins(
  model: GraphModel,
  arrows: readonly DrawnArrow[],
  isOpen: (node: DrawnNode) => boolean,
): readonly DrawnArrow[] {
  const folded = new Set(arrows.flatMap(({ from, to }) => [from, to]).filter((node) => !isOpen(node)));
  const twins = Map.groupBy(folded, (node) => fingerprint(model, node, arrows));
  const standIn = new Map<DrawnNode, DrawnNode>();
  for (const nodes of twins.values()) {
    const [first] = nodes;
    if (first === undefined || nodes.length < worthBundling) continue;
    const own = { id: `several${first.id}`, kind: 'several', name: `${nodes.length} namespaces` } as const;
    const several = nodeForAll(nodes, own);
    for (const node of nodes) standIn.set(node, several);
  }
  const moved = arrows.map((arrow) => ({
    ...arrow,
    from: standIn.get(arrow.from) ?? arrow.from,
    to: standIn.get(arrow.to) ?? arrow.to,
  }));
  return mergeArrows(moved);
}

/** Equal for nodes of one kind with the same arrows, on the same ports. */
function fingerprint(model: GraphModel, node: DrawnNode, arrows: readonly DrawnArrow[]): string {
  const mine = arrows
    .filter(({ from, to }) => from === node || to === node)
    .map(
      (arrow) =>
        `${arrow.from === node ? `to ${arrow.to.id}` : `from ${arrow.from.id}`} ${looks(model, arrow)}`,
    );
  return [node.kind, node.ring, ...mine.sort()].join('\n');
}
