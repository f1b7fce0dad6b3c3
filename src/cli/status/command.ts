// The verb `status`: a table of every namespace with its mode, the rule that applies, its routes by state, and its findings.
import { isDeepStrictEqual } from 'node:util';
import { Option } from 'commander';
import type { ClusterFacts } from '../../objects/cluster-facts.ts';
import { defineVerb } from '../define-verb.ts';
import { ToolError } from '../failures.ts';
import type { ClusterFlags, InputFlags } from '../options.ts';
import { loadSnapshot, requirePlatform } from '../snapshot/load-snapshot.ts';
import { checkNamespace, namespacesOf } from '../snapshot/namespace-check.ts';
import { clusterStatusOf } from './cluster-status.ts';
import { type ShownStatus, statusFormats } from './format.ts';
import { type OperatorSign, operatorSignIn } from './operator-sign.ts';
import { type WatchedCluster, watchCluster } from './watch-cluster.ts';

type StatusFlags = InputFlags & ClusterFlags & { readonly watch?: boolean };

/** The verb `status`. */
export const statusVerb = defineVerb({
  description:
    'Shows what Ringfence does in every namespace: its enforcement, its egress mode, the rule of the platform profile that applies, how many of its policies exist, its routes by state, and how many findings there are about them; `ringfence lint -n NAMESPACE` prints these, and those about workloads and other policies. With `-n` it shows only that namespace, with each of its routes, and the routes of other namespaces that it does not let in. In a cluster it also says whether the operator is active. Without `-f` it reads the cluster of the current context, and writes nothing; for files, it shows what the operator would do.',
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
  namespaceMeans: 'show only this namespace, with its routes',
  flags: [new Option('-w, --watch', 'in a cluster: print it again whenever something changes')],
  formats: statusFormats,
  run: async (context, { watch = false, ...flags }: StatusFlags) => {
    const { namespace: only } = flags;
    const snapshot = await loadSnapshot(flags, context);
    const isLive = snapshot.input === undefined;
    if (watch && !isLive) throw new ToolError('`--watch` follows a cluster: leave out `-f` and `-k`');
    await requirePlatform(snapshot, flags);
    if (only !== undefined) checkNamespace(only, namespacesOf(snapshot));
    const shown = (cluster: ClusterFacts, operator: OperatorSign | undefined): ShownStatus => ({
      status: clusterStatusOf(cluster, { only, operator }),
      withRoutes: only !== undefined,
    });
    if (snapshot.cluster.view().platform === undefined)
      context.note(
        'there is no PlatformNetworkProfile, so nothing is ringed: a platform engineer creates one, first with `enforcement: DryRun`',
      );
    const result = shown(snapshot.cluster, isLive ? await operatorSignIn(flags) : undefined);
    return { result, ...(watch ? { updates: changes(watchCluster(flags, context), shown, result) } : {}) };
  },
});

/** What `shown` makes of the facts, whenever it differs from what was shown before. */
async function* changes(
  clusters: AsyncIterable<WatchedCluster>,
  shown: (cluster: ClusterFacts, operator: OperatorSign) => ShownStatus,
  first: ShownStatus,
): AsyncGenerator<ShownStatus> {
  let last = first;
  for await (const { cluster, operator } of clusters) {
    const next = shown(cluster, operator);
    if (isDeepStrictEqual(withoutRenewals(next), withoutRenewals(last))) continue;
    last = next;
    yield next;
  }
}

/** The lease of an operator that lives is renewed every few seconds: that is no change. */
function withoutRenewals({ status: { operator, ...status } }: ShownStatus): object {
  return { ...status, operator: operator?.state };
}
