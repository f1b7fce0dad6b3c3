// A scene as SVG: Graphviz (as WebAssembly, loaded only when something is drawn) lays it out and draws it, and its output is
// freed of what only Graphviz needs and given names for people.
// Must not know where the drawing goes.
import { renderDot } from './dot.ts';
import { visible, xml } from './escape.ts';
import type { Scene } from './scene.ts';

/** Draws scenes. */
export interface Painter {
  /** An `svg` element without a size: it has a `viewBox`, and what it shows has the ids of the scene. */
  readonly draw: (scene: Scene) => string;
}

/** Loads Graphviz. */
export async function loadPainter(): Promise<Painter> {
  const { instance } = await import('@viz-js/viz');
  const viz = await instance();
  return { draw: (scene) => clean(viz.renderString(renderDot(scene), { format: 'svg' }), scene) };
}

/** A file of its own, which follows the colour scheme of its reader. A reader of screens says its title first. */
export function svgFile(svg: string, style: string): string {
  const [, width = '0', height = '0'] = /viewBox="\S+ \S+ (\S+) (\S+)"/.exec(svg) ?? [];
  return svg
    .replace('<svg ', `<svg width="${Math.ceil(Number(width))}" height="${Math.ceil(Number(height))}" `)
    .replace(
      '>',
      `>\n<title>Who reaches whom</title>\n<style>\n${style}</style>\n<rect class="paper" width="100%" height="100%"/>`,
    );
}

/**
 * What Graphviz writes holds texts of users only escaped, so that `<title>` and `<!--` are its own. Titles are the ids that
 * `renderDot` gave.
 */
function clean(output: string, scene: Scene): string {
  const titles = titlesOf(scene);
  return output
    .slice(output.indexOf('<svg'))
    .replace(/<!--.*?-->\n?/gs, '')
    .replace(/<svg width="\S+" height="\S+"\s+/, '<svg class="drawing" ')
    .replace(/ (?:xmlns:xlink|xml:space)="[^"]*"/g, '')
    .replace(/(<g id="([^"]*)"[^>]*>\n)<title>.*?<\/title>/g, (_, open: string, id: string) => {
      const title = titles.get(id);
      return title === undefined ? open.trimEnd() : `${open}<title>${xml(visible(title))}</title>`;
    })
    .trimEnd();
}

/** Whole names, since labels may be cut. */
function titlesOf(scene: Scene): ReadonlyMap<string, string> {
  const nodes = [...scene.openRooms.flatMap((room) => room.nodes), ...scene.nodes];
  const names = new Map(nodes.map(({ id, name }) => [id, name]));
  return new Map([
    ...names,
    ...scene.openRooms.map(({ room, name }) => [`room${room}`, name] as const),
    ...scene.arrows.map(
      ({ id, from, to, label }) => [id, `${names.get(from)} → ${names.get(to)}: ${label}`] as const,
    ),
  ]);
}
