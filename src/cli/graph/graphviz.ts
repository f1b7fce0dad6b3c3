// Loads Graphviz, which is WebAssembly: only `graph` needs it, and only for SVG and the page.
// Must not know what is drawn.
import type { Graphviz } from '../../graph/svg.ts';

/** Graphviz, ready to draw. */
export async function loadGraphviz(): Promise<Graphviz> {
  const { instance } = await import('@viz-js/viz');
  const viz = await instance();
  return (dot) => viz.renderString(dot, { format: 'svg' });
}
