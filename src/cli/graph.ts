// The verb `graph`: draws who reaches whom, for a terminal's pipe, a pull request, a document or a browser.
import type { Command } from 'commander';
import { Option } from 'commander';
import { analyze } from '../analyze/analysis.ts';
import { withoutStandIns } from '../analyze/stand-ins.ts';
import { denialsOf, modelOf } from '../graph/from-analysis.ts';
import type { PageTools } from '../graph/html.ts';
import { countLinks } from '../graph/links.ts';
import { cutToMermaid, fitsMermaid, renderMermaid } from '../graph/mermaid.ts';
import type { GraphModel } from '../graph/model.ts';
import { folded, type Picture, pictureOf } from '../graph/picture.ts';
import { askedWorld } from './ask-world.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { ToolError } from './failures.ts';
import { checkNamespace } from './namespace-check.ts';
import { type ClusterFlags, clusterOptions, type InputFlags, inputOptions, outputOption } from './options.ts';
import type { OutputTarget } from './output/target.ts';
import { endsWith, type Surroundings, verbCommand } from './verb.ts';

const formats = ['mermaid', 'svg', 'html', 'dot'] as const;

type Format = (typeof formats)[number];

type Flags = InputFlags &
  ClusterFlags & { readonly also?: readonly string[]; readonly output: OutputTarget<Format> };

/** More connections between single workloads than this take minutes and memory: then only some namespaces can be drawn. */
const mostConnections = 300_000;

/** The verb `graph`. */
export function graphCommand(): Command {
  const command = verbCommand('graph', {
    examples: [
      ['ringfence graph -o network.html', 'the cluster of the current context, as a page to explore'],
      ['ringfence graph -f . -R -o network.html', 'the same of files, with what their profiles come to'],
      ['ringfence graph -n shop --also shop-admin', 'two namespaces, as Mermaid for Markdown on GitHub'],
      [
        'helm template shop ./chart | ringfence graph -f - -f platform.yaml -o network.svg',
        'a chart, as a picture',
      ],
    ],
    ok: 'drawn',
  }).description(
    'Draws who reaches whom: namespaces as rooms, connections as arrows with ports. Where there is a lot to draw, namespaces are folded; the page opens each of them, and tells of any pair why it is allowed or denied. Without `-f` it looks at the current context, and reads only. With `-n` only that namespace is drawn, and what it has to do with.',
  );
  const also = new Option(
    '--also <name>',
    'with -n, draw this namespace, too; may be given several times',
  ).argParser((name: string, before: readonly string[] | undefined) => [...(before ?? []), name]);
  for (const option of [
    ...inputOptions(),
    also,
    ...clusterOptions(),
    outputOption(formats, 'how to draw it'),
  ]) {
    command.addOption(option);
  }
  return command.action(endsWith(run));
}

async function run(around: Surroundings, { output, also = [], ...flags }: Flags): Promise<ExitCode> {
  if (also.length > 0 && flags.namespace === undefined) {
    throw new ToolError('`--also` adds to `-n`: name the first namespace with that');
  }
  const only = flags.namespace === undefined ? [] : [flags.namespace, ...also];
  const { facts } = await askedWorld(flags, around);
  around.progress.tell('analysing');
  const analysis = analyze(withoutStandIns(facts));
  checkNamespaces(only, [...new Set(analysis.workloads.map(({ workload }) => workload.namespace))]);
  const connections = countLinks(analysis, only);
  if (connections > mostConnections) {
    throw new ToolError(
      `${connections} connections are too many to draw: draw one namespace with \`-n\`, or list them with \`ringfence matrix\``,
    );
  }
  const model = modelOf(analysis, only);
  around.progress.tell('drawing');
  const denials = () => denialsOf(analysis, model);
  await around.answer(output, await drawers[output.format]({ model, only, denials, around }));
  return exitCodes.ok;
}

/** @throws ToolError where there is nothing to draw */
function checkNamespaces(only: readonly string[], known: readonly string[]): void {
  if (known.length === 0) {
    throw new ToolError(
      'there are no workloads, so that there is nothing to draw: add their manifests with `-f`',
    );
  }
  for (const name of only) checkNamespace(name, known, 'no workload');
}

interface ToDraw {
  readonly model: GraphModel;
  readonly only: readonly string[];
  readonly denials: () => Readonly<Record<string, string>>;
  readonly around: Surroundings;
}

/** Graphviz, the style sheets and the page are loaded only where they are drawn with. */
const drawers: Readonly<Record<Format, (what: ToDraw) => Promise<string>>> = {
  mermaid: async (what) => {
    const picture = pictureOf(what.model, what.only);
    const text = renderMermaid(picture);
    if (fitsMermaid(text, picture)) return noted(picture, what, text);
    const whole = folded(what.model);
    const few = renderMermaid(whole);
    if (fitsMermaid(few, whole)) return noted(whole, what, few);
    what.around.note('GitHub draws 500 arrows and 50,000 characters at most: some arrows are left out');
    return cutToMermaid(whole);
  },
  dot: async (what) => {
    const { renderDot } = await import('../graph/dot.ts');
    const picture = pictureOf(what.model, what.only);
    return noted(picture, what, renderDot(picture.scene));
  },
  svg: async (what) => {
    const { drawScene, svgFile } = await import('../graph/svg.ts');
    const { graphviz, assets } = await loadTools();
    const picture = pictureOf(what.model, what.only);
    return noted(picture, what, svgFile(drawScene(picture.scene, graphviz), assets.drawingStyle));
  },
  html: async ({ model, only, denials }) => {
    const { htmlFile } = await import('../graph/html.ts');
    return htmlFile({ title: 'Who reaches whom', model, denials: denials(), only }, await loadTools());
  },
};

async function loadTools(): Promise<PageTools> {
  const { loadGraphviz } = await import('./graph/graphviz.ts');
  const { readAssets } = await import('./graph/page-assets.ts');
  return { graphviz: await loadGraphviz(), assets: await readAssets() };
}

function noted(picture: Picture, { around }: ToDraw, text: string): string {
  if (picture.note !== undefined) around.note(picture.note);
  return text;
}
