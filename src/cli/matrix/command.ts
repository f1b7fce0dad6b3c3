// The verb `matrix`: everything that is allowed, for people in groups, for programs pair by pair.
import { analyze } from '../../analyze/analysis.ts';
import type { AnalysisInput } from '../../analyze/facts.ts';
import { quoteSome } from '../../model/counted.ts';
import { formatKey } from '../../model/object-key.ts';
import type { CommandContext } from '../command-context.ts';
import { defineVerb } from '../define-verb.ts';
import type { ClusterFlags, InputFlags } from '../options.ts';
import { effectiveFacts } from '../snapshot/in-force.ts';
import { loadSnapshot } from '../snapshot/load-snapshot.ts';
import { checkNamespace, namespacesOf } from '../snapshot/namespace-check.ts';
import { matrixFormats } from './format.ts';

/** The verb `matrix`. */
export const matrixVerb = defineVerb({
  description:
    'Prints everything that NetworkPolicies allow: from whom, to whom, on which ports; what is not listed is denied. For people, those who reach the same are listed together, and `shop/*` is every workload of the namespace shop; `json` and `yaml` have an item for each pair. Addresses are those outside of all pods. Without `-f` it looks at the current context, and reads only. With `-n` only what begins or ends in that namespace is printed.',
  help: {
    examples: [
      ['ringfence matrix', 'who reaches whom in the cluster of the current context'],
      ['ringfence matrix -n shop', 'only what begins or ends in the namespace shop'],
      ['ringfence matrix -f . -R -o json', 'of files, for a program: a list of `{from, to, ports}`'],
    ],
    ok: 'printed, also where nothing is allowed',
  },
  reads: 'files or a cluster',
  formats: matrixFormats,
  run: async (context, flags: InputFlags & ClusterFlags) => {
    const { namespace } = flags;
    const snapshot = await loadSnapshot(flags, context);
    const facts = effectiveFacts(snapshot, context);
    if (namespace !== undefined) checkNamespace(namespace, namespacesOf(snapshot), 'nothing');
    context.progress.tell('analysing');
    const analysis = analyze(facts);
    if (analysis.workloads.length === 0) context.note('there are no workloads: nothing can connect');
    noteHostNetwork(facts, namespace, context);
    return { result: { analysis, namespace } };
  },
});

/** No policy can change what is listed for these. */
function noteHostNetwork(
  { workloads }: AnalysisInput,
  namespace: string | undefined,
  { note }: CommandContext,
): void {
  const names = workloads
    .filter((workload) => namespace === undefined || workload.namespace === namespace)
    .filter(({ pods }) => pods.some(({ hostNetwork }) => hostNetwork))
    .map(formatKey);
  if (names.length === 0) return;
  note(`in the network of their node, where no policy reaches them: ${quoteSome(names, 5)}`);
}
