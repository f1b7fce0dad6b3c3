// The verb `matrix`: everything that is allowed, for people in groups, for programs pair by pair.
import { Option } from 'commander';
import { analyze } from '../../analyze/analysis.ts';
import { withoutStandIns } from '../../analyze/stand-ins.ts';
import { quoteSome } from '../../model/counted.ts';
import { formatKey } from '../../model/object-key.ts';
import { defineVerb } from '../define-verb.ts';
import { nameContextOf } from '../explain/name-context.ts';
import {
  type ClusterFlags,
  type EnforceFlags,
  enforceOption,
  type InputFlags,
  namespaceOf,
} from '../options.ts';
import { noteDryRun } from '../snapshot/dry-run-note.ts';
import { effectiveFacts } from '../snapshot/in-force.ts';
import { loadSnapshot } from '../snapshot/load-snapshot.ts';
import { checkNamespace, namespacesOf, nothingConnects } from '../snapshot/namespace-check.ts';
import { askedEnds, groupsAsked } from './asked-ends.ts';
import { matrixFormats } from './format.ts';
import { policyOrigins } from './policy-origins.ts';

/** The ends to list, as flags. */
interface EndFlags {
  readonly from?: string;
  readonly to?: string;
}

/** The verb `matrix`. */
export const matrixVerb = defineVerb({
  description:
    'Prints everything that NetworkPolicies allow: from where, to where, on which ports; everything else is denied. The text output groups sources that reach the same targets, and `shop/*` means every workload of the namespace shop; `json` and `yaml` have an item for each pair. Addresses are those that belong to no pod. Without `-f` it reads the cluster of the current context, and writes nothing. With `-n` it prints only connections that begin or end in that namespace. `--from` and `--to` take an end as `explain` does, a namespace (`shop`), `cluster`, or `*` for everything; each line then has the rules behind it: their policy, profile and routes, who owns the policy, and when it was created. `csv` has a line for each rule behind a connection.',
  help: {
    examples: [
      ['ringfence matrix', 'who reaches whom in the cluster of the current context'],
      ['ringfence matrix -n shop', 'only connections that begin or end in the namespace shop'],
      ['ringfence matrix --to shop/db', 'who can reach the database, and by which policy, route and profile'],
      [
        'ringfence matrix --from shop --to internet -o csv',
        'what leaves the namespace shop, for a spreadsheet',
      ],
      ['ringfence matrix -f . -R -o json', 'for files and a program: a list of `{from, to, ports}`'],
    ],
    ok: 'printed, even if nothing is allowed',
  },
  reads: 'files or a cluster',
  namespaceMeans: 'print only connections that begin or end in it',
  flags: [
    new Option('--from <end>', 'list only connections that this starts, with the rules behind each'),
    new Option('--to <end>', 'list only connections that reach this, with the rules behind each'),
    enforceOption(),
  ],
  formats: matrixFormats,
  run: async (context, flags: InputFlags & ClusterFlags & EnforceFlags & EndFlags) => {
    const { namespace, from, to } = flags;
    const snapshot = await loadSnapshot(flags, context);
    const effective = await effectiveFacts(snapshot, flags, context);
    const input = withoutStandIns(effective.facts);
    const namespaces = namespacesOf(snapshot);
    const names = () => ({
      ...nameContextOf(snapshot, namespaceOf(flags)),
      analysis: analyze(input),
      namespaces,
    });
    const ends = askedEnds({ from, to }, names);
    for (const text of [...(ends.from?.notes ?? []), ...(ends.to?.notes ?? [])]) context.note(text);
    const asked = { ...ends, namespace };
    if (namespace !== undefined) checkNamespace(namespace, namespaces);
    context.progress.show('analysing');
    noteDryRun(effective, (groups) => groupsAsked(groups, asked), context);
    const withPods = input.workloads.filter(({ pods }) => pods.length > 0);
    if (withPods.length === 0) context.note('there are no workloads: nothing can connect');
    else if (namespace !== undefined && !withPods.some((workload) => workload.namespace === namespace))
      context.note(nothingConnects(namespace));
    // No policy can change what is listed for these pods.
    const inHostNetwork = input.workloads
      .filter((workload) => namespace === undefined || workload.namespace === namespace)
      .filter(({ pods }) => pods.some(({ hostNetwork }) => hostNetwork));
    if (inHostNetwork.length > 0)
      context.note(
        `in the host network, where no policy applies: ${quoteSome(inHostNetwork.map(formatKey), 5)}`,
      );
    return { result: { input, asked, originOf: policyOrigins(snapshot) } };
  },
});
