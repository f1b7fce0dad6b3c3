// The picture for a format that holds only one: everything if that is readable, or else one node per namespace; the
// requested namespaces are open.
// Must not know a file format.
import type { GraphModel } from './model.ts';
import { readableScene, type Scene, sceneOf } from './scene.ts';

/** The title of what is drawn of a model. */
export function titleOf({ rooms }: Pick<GraphModel, 'rooms'>): string {
  const isPlanned = rooms.some(({ planned = false }) => planned);
  return `Who reaches whom${isPlanned ? ', as it would be enforced' : ''}`;
}

/** A scene, and a note about it. */
export interface Picture {
  readonly title: string;
  readonly scene: Scene;
  /** Why it shows less than everything; absent if it does not. */
  readonly note?: string;
}

/**
 * The picture of everything, or of some namespaces and what they connect to.
 *
 * @param namespaces existing names; empty: everything
 */
export function pictureOf(model: GraphModel, namespaces: readonly string[]): Picture {
  const title = titleOf(model);
  if (namespaces.length > 0) {
    const open = [...model.rooms.keys()].filter((room) => namespaces.includes(model.rooms[room]?.name ?? ''));
    return { title, scene: sceneOf(model, { open: new Set(open), only: true }) };
  }
  const scene = readableScene(model);
  return scene === undefined ? folded(model) : { title, scene };
}

/** Every namespace as one node. */
export function folded(model: GraphModel): Picture {
  const workloads = model.rooms.reduce((sum, { outside, places }) => sum + (outside ? 0 : places.length), 0);
  return {
    title: titleOf(model),
    scene: sceneOf(model, { open: new Set(), only: false }),
    note: `${workloads} workloads, drawn by namespace: choose one with -n to see its own`,
  };
}
