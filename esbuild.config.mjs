// Bundles the operator and the tool into one file, dist/ringfence.mjs: less memory and a quicker start than from sources.
import { build } from 'esbuild';

/**
 * Of client-node only KubeConfig is used. Its package does not say that its modules have no side effects, so that esbuild
 * would keep every generated class of the Kubernetes API: 9 MiB of memory.
 */
const onlyWhatIsUsedOfClientNode = {
  name: 'only-what-is-used-of-client-node',
  setup({ onResolve, resolve }) {
    onResolve({ filter: /^[.@]/ }, async ({ path, importer, resolveDir, kind, pluginData }) => {
      const isClientNode = path === '@kubernetes/client-node' || importer.includes('@kubernetes/client-node');
      if (!isClientNode || pluginData === 'resolved') return undefined;
      const found = await resolve(path, { importer, resolveDir, kind, pluginData: 'resolved' });
      return { ...found, sideEffects: false };
    });
  },
};

await build({
  entryPoints: ['src/main.ts'],
  outfile: 'dist/ringfence.mjs',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node22',
  // Without comments, which keep the source in memory; with names and lines, so that stack traces can be read.
  minifySyntax: true,
  minifyWhitespace: true,
  lineLimit: 120,
  legalComments: 'linked',
  // CommonJS packages in the bundle require Node's modules.
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
  plugins: [onlyWhatIsUsedOfClientNode],
});
