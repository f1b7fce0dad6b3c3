// The page of a model: its pictures, and their drawings.
// Must not know what a page looks like.

import { matrixId, needsMatrix } from './matrix.ts';
import type { GraphModel } from './model.ts';
import { type PageAssets, renderPage } from './page.ts';
import { pageDataOf } from './page-data.ts';
import type { PageChoice } from './page-format.ts';
import type { NamedScene } from './page-view.ts';
import { titleOf } from './picture.ts';
import { readableScene, sceneOf } from './scene.ts';
import { drawScene, type Graphviz } from './svg.ts';

/** What a page is made of. */
export interface PageInput {
  /** Absent: what `titleOf` says. */
  readonly title?: string;
  readonly model: GraphModel;
  /** The namespaces of the page; empty: all. */
  readonly only?: readonly string[];
}

/** What turns it into a page: neither can be loaded here. */
export interface PageTools {
  /** Needed only if `hasPictures`. */
  readonly graphviz?: Graphviz;
  readonly assets: PageAssets;
}

/** Whether a page holds pictures that are drawn beforehand: with many namespaces it opens as a matrix, and draws the rest itself. */
export function hasPictures({ model, only = [] }: PageInput): boolean {
  return only.length > 0 || !needsMatrix(model);
}

/** A page with a picture of all namespaces, of each by itself, and, if it is readable, of everything at once. */
export function htmlFile(input: PageInput, tools: PageTools): string {
  const { model, title = titleOf(model), only = [] } = input;
  if (!hasPictures(input)) {
    return renderPage(title, pageDataOf(model, [], manyChoices(model)), new Map(), tools.assets);
  }
  const scenes = scenesOf(model, only);
  const { graphviz, assets } = tools;
  if (graphviz === undefined) throw new Error('pictures need Graphviz');
  const drawings = new Map(scenes.map(({ id, scene }) => [id, drawScene(scene, graphviz)]));
  return renderPage(title, pageDataOf(model, scenes), drawings, assets);
}

/** With many namespaces: the matrix, and each room, which the page draws when it is opened. */
function manyChoices({ rooms }: GraphModel): readonly PageChoice[] {
  return [
    { id: matrixId, name: 'Namespaces' },
    ...rooms.map(({ name }, room) => ({ id: `room${room}`, name, room })),
  ];
}

/** The pictures of the page; the first is shown first. */
export function scenesOf(model: GraphModel, only: readonly string[] = []): readonly NamedScene[] {
  const all = [...model.rooms.keys()];
  const rooms = all.filter((room) => only.length === 0 || only.includes(model.rooms[room]?.name ?? ''));
  const everything =
    only.length === 0
      ? readableScene(model)
      : only.length > 1
        ? sceneOf(model, { open: new Set(rooms), only: true })
        : undefined;
  const hasSeveral = model.rooms.filter(({ outside }) => !outside).length > 1;
  return [
    ...(everything ? [{ id: 'workloads', name: 'Workloads', scene: everything }] : []),
    ...(only.length === 0 && hasSeveral
      ? [{ id: 'namespaces', name: 'Namespaces', scene: sceneOf(model, { open: new Set(), only: false }) }]
      : []),
    ...rooms.map((room) => ({
      id: `room${room}`,
      name: model.rooms[room]?.name ?? '',
      room,
      scene: sceneOf(model, { open: new Set([room]), only: true }),
    })),
  ];
}
