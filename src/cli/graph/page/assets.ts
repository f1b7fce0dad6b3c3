// The style sheets and the script of the page, as texts. From a checkout they are read, and the script is bundled, when a page
// is made; `esbuild.config.mjs` calls this very function at build time and puts what it returns in its place.
// Must not know what the page shows.
import { readFile } from 'node:fs/promises';

/** What a page is made of besides its data. */
export interface Assets {
  /** The looks of a drawing. */
  readonly drawingStyle: string;
  readonly pageStyle: string;
  readonly script: string;
}

/** @throws where esbuild is not installed: a checkout needs its development packages */
export async function readAssets(): Promise<Assets> {
  const { build, transform } = await import('esbuild');
  const style = async (name: string) => {
    const source = await readFile(new URL(name, import.meta.url), 'utf8');
    return (await transform(source, { loader: 'css', minifyWhitespace: true })).code.trim();
  };
  const bundle = await build({
    entryPoints: [new URL('browser/main.ts', import.meta.url).pathname],
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
