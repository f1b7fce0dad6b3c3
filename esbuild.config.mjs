// Bundles the operator and the tool into one file, main.mjs: less memory and a quicker start than from sources. What starts it is
// beside it, dist/ringfence.mjs or what the first argument names.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { readAssets } from './src/cli/graph/page-assets.ts';

const outfile = process.argv[2] ?? 'dist/ringfence.mjs';
const folder = dirname(outfile);

/**
 * Of client-node only KubeConfig is used, and of that nothing that sends: without the generated classes of the Kubernetes API and
 * without its HTTP client the operator needs 20 MiB less, and each start has half as much to parse. SOCKS proxies are refused by
 * `connect`; zod speaks English; and metrics have no exemplars, which prom-client takes from OpenTelemetry.
 */
const onlyWhatIsUsed = {
  name: 'only-what-is-used',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@kubernetes\/client-node$/ }, () => ({
      path: fileURLToPath(new URL('config.js', import.meta.resolve('@kubernetes/client-node'))),
    }));
    onResolve(
      { filter: /^(undici|socks|socks-proxy-agent)$|^\.\/(gen\/index|middleware)\.js$/ },
      ({ path, importer }) =>
        importer.includes('@kubernetes/client-node') ? { path, namespace: 'absent' } : undefined,
    );
    onResolve({ filter: /^@opentelemetry\/api$/ }, ({ path }) => ({ path, namespace: 'absent' }));
    onLoad({ filter: /.*/, namespace: 'absent' }, () => ({
      contents: absentNames.map((name) => `export class ${name} {}`).join('\n'),
    }));
    onLoad({ filter: /zod\/v4\/locales\/index\.js$/ }, () => ({ contents: 'export {}' }));
  },
};
const absentNames = [
  ...['Agent', 'ProxyAgent', 'SocksClient', 'SocksProxyAgent'],
  ...['createConfiguration', 'ServerConfiguration', 'setHeaderMiddleware'],
];

/**
 * Node's own modules are loaded when something of them is used: a verb that reads a file needs no TLS. `require` itself would
 * load Node's whole loader of CommonJS modules first.
 */
const builtInsWhenUsed = {
  name: 'built-ins-when-used',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace: 'built-in' }));
    onLoad({ filter: /.*/, namespace: 'built-in' }, async ({ path }) => ({
      contents: whenUsed(path, process.getBuiltinModule(path)),
    }));
  },
};

function whenUsed(path, builtIn) {
  const load = `process.getBuiltinModule('${path}')`;
  if (typeof builtIn === 'function') return `module.exports = ${load};`;
  const members = Object.keys(builtIn).map((name) => `get ${name}() { return ${load}.${name}; }`);
  return `module.exports = { ${members.join(', ')} };`;
}

/** What a checkout reads and bundles when a page is made is a text in the bundle. */
const pageAssets = {
  name: 'page-assets',
  setup({ onLoad }) {
    onLoad({ filter: /cli\/graph\/page-assets\.ts$/ }, async () => ({
      contents: `export const readAssets = async () => (${JSON.stringify(await readAssets())});`,
    }));
  },
};

/** Graphviz is 1.5 MB of text, which every start would have to read: it is a file beside the bundle, for `graph` alone. */
const graphvizApart = {
  name: 'graphviz-apart',
  setup({ onResolve }) {
    onResolve({ filter: /^@viz-js\/viz$/ }, () => ({ path: './graphviz.mjs', external: true }));
  },
};

/**
 * The first thing that runs: an older Node would otherwise fail somewhere in the middle, as if by a mistake of ours. 2 is the
 * exit code of an error.
 */
function refuseOldNode(oldest) {
  const [major, minor] = oldest.split('.');
  return `{ const [major, minor] = process.versions.node.split('.').map(Number);
if (major < ${major} || (major === ${major} && minor < ${minor})) {
process.stderr.write(\`ringfence: node \${process.versions.node} is too old: install ${oldest} or later\\n\`); process.exit(2); } }`;
}
const { engines } = JSON.parse(readFileSync('package.json', 'utf8'));

/** What is started must be a file of its own: what V8 made of it is kept by file. */
const bundleBeside = {
  name: 'bundle-beside',
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/main\.ts$/ }, () => ({ path: './main.mjs', external: true }));
  },
};

/**
 * One character beyond Latin-1 would make V8 keep the whole text with two bytes for each character. esbuild escapes them in strings,
 * but not in regular expressions.
 */
function refuseWideText(file) {
  const [, around] = /(.{0,60}[\u0100-\uffff].{0,20})/.exec(readFileSync(file, 'utf8')) ?? [];
  if (around !== undefined) throw new Error(`write the character as an escape, as in \\u2192: \`${around}\``);
}

/** The same for every file. */
const options = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node22',
  // Without comments, which keep the source in memory; with names and lines, so that stack traces can be read.
  minifySyntax: true,
  minifyWhitespace: true,
  lineLimit: 120,
  legalComments: 'linked',
};

await build({
  ...options,
  entryPoints: ['@viz-js/viz'],
  outfile: join(folder, 'graphviz.mjs'),
});

await build({
  ...options,
  entryPoints: ['src/main.ts'],
  outfile: join(folder, 'main.mjs'),
  // CommonJS packages in the bundle require Node's modules.
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
  plugins: [onlyWhatIsUsed, builtInsWhenUsed, pageAssets, graphvizApart],
});
refuseWideText(join(folder, 'main.mjs'));

// The canary's pods are many, and idle: what they run is small.
await build({
  ...options,
  entryPoints: ['src/canary-pod/canary-main.ts'],
  outfile: join(folder, 'canary.mjs'),
});

await build({
  ...options,
  entryPoints: ['src/start.ts'],
  outfile,
  banner: { js: refuseOldNode(engines.node.replace('>=', '')) },
  plugins: [bundleBeside],
});
