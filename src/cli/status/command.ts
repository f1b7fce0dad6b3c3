// The verb `status`: a table of every namespace with its mode, the rule that applies, its routes by state, and its findings.
import { Option } from 'commander';
import type { ClusterFacts } from '../../objects/cluster-facts.ts';
import { defineVerb } from '../define-verb.ts';
import { ToolError } from '../failures.ts';
import type { ClusterFlags, InputFlags } from '../options.ts';
import { loadSnapshot, requirePlatform } from '../snapshot/load-snapshot.ts';
import { checkNamespace, namespacesOf } from '../snapshot/namespace-check.ts';
import { clusterStatusOf } from './cluster-status.ts';
import { type ShownStatus, statusFormats } from './format.ts';
import { watchCluster } from './watch-cluster.ts';

type StatusFlags = InputFlags & ClusterFlags & { readonly watch?: boolean };

/** The verb `status`. */
export const statusVerb = defineVerb({
  description:
    'Shows what Ringfence does in every namespace: its enforcement, its egress mode, the rule of the platform profile that applies, how many of its policies exist, its routes by state, and how many findings there are; `ringfence lint -n NAMESPACE` prints these. With `-n` it shows only that namespace, with each of its routes. Without `-f` it reads the cluster of the current context, and writes nothing; for files, it shows what the operator would do.',
  help: {
    examples: [
      ['ringfence status', 'every namespace of the cluster of the current context'],
      ['ringfence status -n shop', 'one namespace, with its routes'],
      ['ringfence status --watch', 'the same again whenever something changes'],
      ['ringfence status -f platform.yaml -f app/ -o json', 'for files and a program'],
    ],
    ok: 'printed, whatever the status is',
  },
  reads: 'files or a cluster',
  flags: [new Option('-w, --watch', 'in a cluster: print it again whenever something changes')],
  formats: statusFormats,
  run: async (context, { watch = false, ...flags }: StatusFlags) => {
    const { namespace: only } = flags;
    const snapshot = await loadSnapshot(flags, context);
    const isLive = snapshot.input === undefined;
    if (watch && !isLive) throw new ToolError('`--watch` follows a cluster: leave out `-f` and `-k`');
    requirePlatform(snapshot, flags);
    if (only !== undefined) checkNamespace(only, namespacesOf(snapshot), 'nothing');
    const shown = (cluster: ClusterFacts): ShownStatus => ({
      status: clusterStatusOf(cluster, { only, isLive }),
      withRoutes: only !== undefined,
    });
    if (snapshot.cluster.view().platform === undefined)
      context.note('there is no PlatformNetworkProfile, so nothing is ringed');
    return {
      result: shown(snapshot.cluster),
      ...(watch ? { updates: mapped(watchCluster(flags, context), shown) } : {}),
    };
  },
});

async function* mapped<From, To>(
  source: AsyncIterable<From>,
  change: (from: From) => To,
): AsyncGenerator<To> {
  for await (const each of source) yield change(each);
}
