// From a scene to the view of it in the page: what each shape and each arrow stands for.
// Must not know how it is drawn.
import type { PageBundle, PageChoice, PageNode, PageView } from './page-format.ts';
import type { Scene, SceneMark, SceneNode } from './scene.ts';

/** A picture of the page, and its title. */
export interface NamedScene extends PageChoice {
  readonly scene: Scene;
}

/** The view of a scene. */
export function viewOf({ id, name, room, scene }: NamedScene): PageView {
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
