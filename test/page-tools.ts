// What the renderers of src/graph are given by the tool: Graphviz, and the style and program of the page.
// Must not know what is drawn.
import { loadGraphviz } from '../src/cli/graph/graphviz.ts';
import { readAssets } from '../src/cli/graph/page-assets.ts';
import type { PageTools } from '../src/graph/html.ts';

/** Everything that a page is made with. */
export async function loadPageTools(): Promise<PageTools> {
  const [graphviz, assets] = await Promise.all([loadGraphviz(), readAssets()]);
  return { graphviz, assets };
}
