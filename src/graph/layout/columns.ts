// The column of each node with arrows, so that arrows lead from left to right; and the columns that an arrow passes.
// Must not know where a column is.
import type { Scene, SceneNode } from '../scene.ts';

/** An outer column with more nodes than this is split. */
const tallest = 14;

/** The column of each busy node: outer sources on the left, the room by the longest way from a source, outer targets on the right. */
export function columnsOf(
  { arrows }: Scene,
  inner: ReadonlySet<string>,
  nodes: readonly SceneNode[],
): ReadonlyMap<string, number> {
  const within = arrows.filter(({ from, to }) => inner.has(from) && inner.has(to));
  const depth = depthsOf(
    nodes.map(({ id }) => id).filter((id) => inner.has(id)),
    within,
  );
  const outer = nodes.filter(({ id }) => !inner.has(id));
  const leads = (id: string) => {
    const out = arrows.filter(({ from }) => from === id).length;
    return out >= arrows.filter(({ to }) => to === id).length;
  };
  const left = outer.filter(({ id }) => leads(id));
  const right = outer.filter(({ id }) => !leads(id));
  const leftColumns = Math.ceil(left.length / tallest);
  const deepest = Math.max(-1, ...depth.values());
  const split = (side: readonly SceneNode[], first: number) => {
    const perColumn = Math.ceil(side.length / Math.max(1, Math.ceil(side.length / tallest)));
    return side.map(({ id }, index) => [id, first + Math.floor(index / perColumn)] as const);
  };
  return new Map([
    ...split(left, 0),
    ...[...depth].map(([id, column]) => [id, leftColumns + column] as const),
    ...split(right, leftColumns + deepest + 1),
  ]);
}

/** The longest way from a node that nothing leads to; arrows that close a circle do not count. */
function depthsOf(ids: readonly string[], arrows: Scene['arrows']): ReadonlyMap<string, number> {
  const out = Map.groupBy(arrows, ({ from }) => from);
  const depth = new Map(ids.map((id) => [id, 0]));
  const finished: string[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const forward = new Map<string, string[]>();
  const visit = (id: string): void => {
    state.set(id, 'open');
    for (const { to } of out.get(id) ?? []) {
      if (state.get(to) === 'open') continue;
      forward.set(id, [...(forward.get(id) ?? []), to]);
      if (!state.has(to)) visit(to);
    }
    state.set(id, 'done');
    finished.unshift(id);
  };
  for (const id of ids) if (!state.has(id)) visit(id);
  for (const id of finished) {
    for (const to of forward.get(id) ?? [])
      depth.set(to, Math.max(depth.get(to) ?? 0, (depth.get(id) ?? 0) + 1));
  }
  return depth;
}

/** The key of the place where an arrow passes a column. */
export function passKey(arrow: string, column: number): string {
  return `${arrow} ${column}`;
}

/** The columns between those of the two ends of an arrow. */
export function passed(from: number, to: number): readonly number[] {
  const [low, high] = from < to ? [from, to] : [to, from];
  const columns = Array.from({ length: Math.max(0, high - low - 1) }, (_, index) => low + 1 + index);
  return from < to ? columns : columns.reverse();
}
