// The style sheets and the program of the page, as texts. In a checkout they are read, and the program is bundled, when a page
// is made; `esbuild.config.mjs` calls this function at build time and puts its result into the bundle.
// Must not know what the page shows.
import { readFile } from 'node:fs/promises';
import type { PageAssets } from '../../graph/page.ts';

const folder = new URL('../../graph-page/', import.meta.url);

/** @throws if esbuild is not installed: a checkout needs its development packages */
export async function readAssets(): Promise<PageAssets> {
  const { build, transform } = await import('esbuild');
  const style = async (name: string) => {
    const source = await readFile(new URL(name, folder), 'utf8');
    return (await transform(source, { loader: 'css', minifyWhitespace: true })).code.trim();
  };
  const bundle = await build({
    entryPoints: [new URL('page-main.ts', folder).pathname],
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    charset: 'utf8',
    minifyWhitespace: true,
    minifySyntax: true,
  });
  return {
    drawingStyle: await style('drawing.css'),
    pageStyle: await style('page.css'),
    script: bundle.outputFiles.map(({ text }) => text.trim()).join('\n'),
  };
}
