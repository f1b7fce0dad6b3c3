// The verb `graph`: draws who reaches whom, for a terminal's pipe, a pull request, a document or a browser.
import { Option } from 'commander';
import { analyze } from '../../analyze/analysis.ts';
import { withoutStandIns } from '../../analyze/stand-ins.ts';
import { denialsOf, modelOf } from '../../graph/from-analysis.ts';
import { countLinks } from '../../graph/links.ts';
import { defineVerb } from '../define-verb.ts';
import { ToolError } from '../failures.ts';
import { type ClusterFlags, type InputFlags, repeatable } from '../options.ts';
import { effectiveFacts } from '../snapshot/in-force.ts';
import { loadSnapshot } from '../snapshot/load-snapshot.ts';
import { checkNamespace } from '../snapshot/namespace-check.ts';
import { graphFormats } from './format.ts';

/** More connections between single workloads than this take minutes and memory: then only some namespaces can be drawn. */
const mostConnections = 300_000;

/** The verb `graph`. */
export const graphVerb = defineVerb({
  description:
    'Draws who reaches whom: namespaces as rooms, connections as arrows with ports. Where there is a lot to draw, namespaces are folded; the page opens each of them, and says why a pair is allowed or denied. Without `-f` it looks at the current context, and reads only. With `-n` only that namespace is drawn, and what it is connected with.',
  help: {
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
  },
  reads: 'files or a cluster',
  flags: [
    repeatable(new Option('--also <name>', 'with -n, draw this namespace, too; may be given several times')),
  ],
  formats: graphFormats,
  run: async (
    context,
    { also = [], ...flags }: InputFlags & ClusterFlags & { readonly also?: readonly string[] },
  ) => {
    if (also.length > 0 && flags.namespace === undefined) {
      throw new ToolError('`--also` adds to `-n`: name the first namespace with that');
    }
    const only = flags.namespace === undefined ? [] : [flags.namespace, ...also];
    const facts = effectiveFacts(await loadSnapshot(flags, context), context);
    context.progress.tell('analysing');
    const analysis = analyze(withoutStandIns(facts));
    checkNamespaces(only, [...new Set(analysis.workloads.map(({ workload }) => workload.namespace))]);
    const connections = countLinks(analysis, only);
    if (connections > mostConnections) {
      throw new ToolError(
        `${connections} connections are too many to draw: draw one namespace with \`-n\`, or list them with \`ringfence matrix\``,
      );
    }
    const model = modelOf(analysis, only);
    context.progress.tell('drawing');
    return { result: { model, only, denials: () => denialsOf(analysis, model) } };
  },
});

/** @throws ToolError where there is nothing to draw */
function checkNamespaces(only: readonly string[], known: readonly string[]): void {
  if (known.length === 0) {
    throw new ToolError(
      'there are no workloads, so that there is nothing to draw: add their manifests with `-f`',
    );
  }
  for (const name of only) checkNamespace(name, known, 'no workload');
}
