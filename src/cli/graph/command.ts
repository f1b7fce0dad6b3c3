// The verb `graph`: draws who reaches whom, for a terminal's pipe, a pull request, a document or a browser.
import { Option } from 'commander';
import { type Analysis, analyze } from '../../analyze/analysis.ts';
import { groupsOfNamespaces } from '../../analyze/connections.ts';
import { withoutStandIns } from '../../analyze/stand-ins.ts';
import { modelOf } from '../../graph/from-analysis.ts';
import { countLinks } from '../../graph/links.ts';
import { defineVerb } from '../define-verb.ts';
import { ToolError } from '../failures.ts';
import {
  type ClusterFlags,
  type EnforceFlags,
  enforceOption,
  type InputFlags,
  repeatable,
} from '../options.ts';
import { rangesInside } from '../snapshot/cluster-ranges.ts';
import { appLabelOf } from '../snapshot/cluster-snapshot.ts';
import { noteDryRun } from '../snapshot/dry-run-note.ts';
import { effectiveFacts } from '../snapshot/in-force.ts';
import { loadSnapshot } from '../snapshot/load-snapshot.ts';
import { checkNamespace, namespacesOf, noPodsIn } from '../snapshot/namespace-check.ts';
import { graphFormats } from './format.ts';

/** With more connections between single workloads than this, drawing takes minutes and memory: then only some namespaces can be drawn. */
const mostConnections = 300_000;

/** The verb `graph`. */
export const graphVerb = defineVerb({
  description:
    'Draws who reaches whom: namespaces as boxes, connections as arrows with ports. If there is a lot to draw, it folds namespaces; on the page you can open each of them, and read why a pair is allowed or denied. Without `-f` it reads the cluster of the current context, and writes nothing to it. With `-n` it draws only that namespace, and what it connects to.',
  help: {
    examples: [
      ['ringfence graph -o network.html', 'the cluster of the current context, as an interactive page'],
      [
        'ringfence graph -f . -R -o network.html',
        'the same for files, with the policies that their profiles generate',
      ],
      ['ringfence graph -n shop --also shop-admin', 'two namespaces, as Mermaid for Markdown on GitHub'],
      [
        'helm template shop ./chart | ringfence graph -f - -f platform.yaml -o network.svg',
        'a chart, as a picture',
      ],
    ],
    ok: 'drawn',
  },
  reads: 'files or a cluster',
  namespaceMeans: 'draw only this namespace, and what it connects to',
  flags: [
    repeatable(new Option('--also <name>', 'with -n, also draw this namespace; may be repeated')),
    enforceOption(),
  ],
  formats: graphFormats,
  run: async (
    context,
    { also = [], ...flags }: InputFlags & ClusterFlags & EnforceFlags & { readonly also?: readonly string[] },
  ) => {
    if (also.length > 0 && flags.namespace === undefined) {
      throw new ToolError('`--also` adds to `-n`: name the first namespace with `-n`');
    }
    const only = flags.namespace === undefined ? [] : [flags.namespace, ...also];
    const snapshot = await loadSnapshot(flags, context);
    const effective = await effectiveFacts(snapshot, flags, context);
    context.progress.show('analysing');
    const analysis = analyze(withoutStandIns(effective.facts));
    checkDrawable(only, analysis, namespacesOf(snapshot));
    const connections = countLinks(analysis, only);
    if (connections > mostConnections) {
      throw new ToolError(
        `${connections} connections are too many to draw: draw one namespace with \`-n\`, or list them with \`ringfence matrix\``,
      );
    }
    noteDryRun(effective, (groups) => groupsOfNamespaces(groups, only), context);
    const { assumed: planned } = effective;
    const model = modelOf(analysis, {
      ...{ only, planned, appLabel: appLabelOf(snapshot) },
      ranges: rangesInside(snapshot),
    });
    context.progress.show('drawing');
    return { result: { model, only } };
  },
});

/** @throws ToolError if there is nothing to draw */
function checkDrawable(only: readonly string[], { workloads }: Analysis, known: readonly string[]): void {
  if (workloads.length === 0) {
    throw new ToolError('there are no workloads, so there is nothing to draw: add their manifests with `-f`');
  }
  for (const name of only) {
    checkNamespace(name, known);
    if (!workloads.some(({ workload }) => workload.namespace === name))
      throw new ToolError(`${noPodsIn(name)}, so there is nothing to draw`);
  }
}
