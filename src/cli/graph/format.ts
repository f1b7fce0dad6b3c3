// The output formats of a drawing. Graphviz, the style sheets and the page are loaded only if they are needed.
// Must not know what is drawn.
import { cutToMermaid, fitsMermaid, renderMermaid } from '../../graph/mermaid.ts';
import type { GraphModel } from '../../graph/model.ts';
import { folded, type Picture, pictureOf } from '../../graph/picture.ts';
import type { Formats, Print, PrintContext } from '../output/formats.ts';
import { loadPageAssets, loadPageTools } from './page-tools.ts';

/** The content of a drawing. */
interface Drawing {
  readonly model: GraphModel;
  /** The namespaces of the drawing; empty: all. */
  readonly only: readonly string[];
}

/** GitHub's limits for characters and arrows: beyond them, namespaces are folded, and finally arrows are left out. */
const mermaid: Print<Drawing> = ({ model, only }, context) => {
  for (const picture of [pictureOf(model, only), folded(model)]) {
    const text = renderMermaid(picture);
    if (fitsMermaid(text, picture)) return noted(picture, context, text);
  }
  context.note('GitHub draws 500 arrows and 50,000 characters at most: some arrows are left out');
  return cutToMermaid(folded(model));
};

const dot: Print<Drawing> = async ({ model, only }, context) => {
  const { renderDot } = await import('../../graph/dot.ts');
  const picture = pictureOf(model, only);
  return noted(picture, context, renderDot(picture.scene));
};

const svg: Print<Drawing> = async ({ model, only }, context) => {
  const { drawScene, svgFile } = await import('../../graph/svg.ts');
  const { graphviz, assets } = await loadPageTools();
  const picture = pictureOf(model, only);
  const drawing = drawScene(picture.scene, graphviz);
  return noted(picture, context, svgFile(drawing, picture, assets.drawingStyle));
};

const html: Print<Drawing> = async ({ model, only }) => {
  const { hasPictures, htmlFile } = await import('../../graph/html.ts');
  const input = { model, only };
  if (hasPictures(input)) return htmlFile(input, await loadPageTools());
  return htmlFile(input, { assets: await loadPageAssets() });
};

/** The formats of `graph`. */
export const graphFormats: Formats<Drawing> = {
  outputHelp: 'the output format',
  print: { mermaid, svg, html, dot },
};

function noted({ note }: Picture, context: PrintContext, text: string): string {
  if (note !== undefined) context.note(note);
  return text;
}
