// The verb `matrix`: everything that is allowed, for people in groups, for programs pair by pair.
import { groupsOfNamespaces } from '../../analyze/connections.ts';
import { quoteSome } from '../../model/counted.ts';
import { formatKey } from '../../model/object-key.ts';
import { defineVerb } from '../define-verb.ts';
import { type ClusterFlags, type EnforceFlags, enforceOption, type InputFlags } from '../options.ts';
import { noteDryRun } from '../snapshot/dry-run-note.ts';
import { effectiveFacts } from '../snapshot/in-force.ts';
import { loadSnapshot } from '../snapshot/load-snapshot.ts';
import { checkNamespace, namespacesOf } from '../snapshot/namespace-check.ts';
import { matrixFormats } from './format.ts';

/** The verb `matrix`. */
export const matrixVerb = defineVerb({
  description:
    'Prints everything that NetworkPolicies allow: from where, to where, on which ports; everything else is denied. The text output groups sources that reach the same targets, and `shop/*` means every workload of the namespace shop; `json` and `yaml` have an item for each pair. Addresses are those that belong to no pod. Without `-f` it reads the cluster of the current context, and writes nothing. With `-n` it prints only connections that begin or end in that namespace.',
  help: {
    examples: [
      ['ringfence matrix', 'who reaches whom in the cluster of the current context'],
      ['ringfence matrix -n shop', 'only connections that begin or end in the namespace shop'],
      ['ringfence matrix -f . -R -o json', 'for files and a program: a list of `{from, to, ports}`'],
    ],
    ok: 'printed, even if nothing is allowed',
  },
  reads: 'files or a cluster',
  flags: [enforceOption()],
  formats: matrixFormats,
  run: async (context, flags: InputFlags & ClusterFlags & EnforceFlags) => {
    const { namespace } = flags;
    const snapshot = await loadSnapshot(flags, context);
    const effective = effectiveFacts(snapshot, flags, context);
    const input = effective.facts;
    if (namespace !== undefined) checkNamespace(namespace, namespacesOf(snapshot), 'nothing');
    context.progress.show('analysing');
    const asked = namespace === undefined ? [] : [namespace];
    noteDryRun(effective, (groups) => groupsOfNamespaces(groups, asked), context);
    if (input.workloads.every(({ pods }) => pods.length === 0))
      context.note('there are no workloads: nothing can connect');
    // No policy can change what is listed for these pods.
    const inHostNetwork = input.workloads
      .filter((workload) => namespace === undefined || workload.namespace === namespace)
      .filter(({ pods }) => pods.some(({ hostNetwork }) => hostNetwork));
    if (inHostNetwork.length > 0)
      context.note(
        `in the host network, where no policy applies: ${quoteSome(inHostNetwork.map(formatKey), 5)}`,
      );
    return { result: { input, namespace } };
  },
});
