// Loads what the renderers of src/graph are given: Graphviz, which is WebAssembly, and the style and program of the page.
// Only SVG and the page need them. Must not know what is drawn.
import type { PageTools } from '../../graph/html.ts';

/** Everything that a picture or a page is made with. */
export async function loadPageTools(): Promise<Required<PageTools>> {
  const { instance } = await import('@viz-js/viz');
  const [viz, assets] = await Promise.all([instance(), loadPageAssets()]);
  return { graphviz: (dot) => viz.renderString(dot, { format: 'svg' }), assets };
}

/** What a page without pictures is made with. */
export async function loadPageAssets(): Promise<PageTools['assets']> {
  const { readAssets } = await import('./page-assets.ts');
  return readAssets();
}
