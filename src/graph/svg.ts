// A scene as SVG: Graphviz lays it out and draws it; then what only Graphviz needs is removed, and titles for people are added.
// Must not know where Graphviz comes from, nor where the drawing goes.
import { renderDot } from './dot.ts';
import { visible, xml } from './escape.ts';
import { legendOf } from './legend.ts';
import type { Picture } from './picture.ts';
import { type Scene, titlesOf } from './scene.ts';

/** Draws a text in the DOT language as an SVG document. */
export type Graphviz = (dot: string) => string;

/** An `svg` element without a size: it has a `viewBox`, and its elements have the ids of the scene. */
export function drawScene(scene: Scene, graphviz: Graphviz): string {
  return clean(graphviz(renderDot(scene)), scene);
}

/**
 * A drawing as a file of its own, with its title above and a legend below. It follows the reader's colour scheme; screen readers read
 * its title first.
 */
export function svgFile(svg: string, { title, scene }: Picture, style: string): string {
  const [, width = 0, height = 0] = (/viewBox="\S+ \S+ (\S+) (\S+)"/.exec(svg) ?? []).map(Number);
  const legend = legendOf(scene);
  const whole = Math.ceil(Math.max(width, legend.width, title.length * 9 + 2 * margin));
  const bottom = titleHeight + Math.ceil(height);
  const all = bottom + legend.height;
  return `<svg width="${whole}" height="${all}" class="drawing" viewBox="0 0 ${whole} ${all}" xmlns="http://www.w3.org/2000/svg">
<title>${xml(title)}</title>
<style>
${style}</style>
<rect class="paper" width="100%" height="100%"/>
<text class="title" x="${margin}" y="32" font-size="15">${xml(title)}</text>
${svg.replace(' xmlns="http://www.w3.org/2000/svg"', '').replace('<svg ', `<svg x="0" y="${titleHeight}" width="${Math.ceil(width)}" height="${Math.ceil(height)}" `)}
<g transform="translate(0 ${bottom})">${legend.svg}</g>
</svg>`;
}

const margin = 24;
const titleHeight = 40;

/**
 * Graphviz escapes the texts of users in its output, so every `<title>` and `<!--` is its own. Titles are the ids that
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
