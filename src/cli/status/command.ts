// The verb `status`: a table of every namespace with its mode, the rule that applies, its routes by state, and its findings.
import { isDeepStrictEqual } from 'node:util';
import { Option } from 'commander';
import { wallMs, wallTimeOf } from '../../kube/wall-time.ts';
import { defineVerb } from '../define-verb.ts';
import { ToolError } from '../failures.ts';
import type { ClusterFlags, InputFlags } from '../options.ts';
import type { ClusterSnapshot } from '../snapshot/cluster-snapshot.ts';
import { type LoadedSnapshot, loadSnapshot, requirePlatform } from '../snapshot/load-snapshot.ts';
import { checkNamespace, namespacesOf } from '../snapshot/namespace-check.ts';
import { type ClusterStatus, clusterStatusOf } from './cluster-status.ts';
import { statusFormats } from './format.ts';
import { type OperatorSign, operatorSignIn } from './operator-sign.ts';
import type { ShownStatus } from './status-text.ts';
import { type WatchedCluster, watchCluster } from './watch-cluster.ts';

type StatusFlags = InputFlags & ClusterFlags & { readonly watch?: boolean };

/** The verb `status`. */
export const statusVerb = defineVerb({
  description:
    'Shows what Ringfence does in every namespace: its enforcement, its egress mode, the rule of the platform profile that applies, how many of its policies exist, its routes by state, and how many findings `lint` has about it. With `-n` it shows only that namespace, with each of its routes, the routes of other namespaces that it does not let in, and its findings; `ringfence lint -n NAMESPACE` also prints what to write, and remarks. In a cluster it also says whether the operator is active. Without `-f` it reads the cluster of the current context, and writes nothing; for files, it shows what the operator would do.',
  help: {
    examples: [
      ['ringfence status', 'every namespace of the cluster of the current context'],
      ['ringfence status -n shop', 'one namespace, with its routes'],
      ['ringfence status --watch', 'again whenever something changes, with what is different'],
      ['ringfence status -f platform.yaml -f app/ -o json', 'for files and a program'],
    ],
    ok: 'printed, whatever the status is',
  },
  reads: 'files or a cluster',
  namespaceMeans: 'show only this namespace, with its routes',
  flags: [
    new Option(
      '-w, --watch',
      'in a cluster: print it again whenever something changes, with the time and what is different; in a pipe, only the namespaces that are different',
    ),
  ],
  formats: statusFormats,
  run: async (context, { watch = false, ...flags }: StatusFlags) => {
    const { namespace: only } = flags;
    const snapshot = await loadSnapshot(flags, context);
    const isLive = snapshot.input === undefined;
    if (watch && !isLive) throw new ToolError('`--watch` follows a cluster: leave out `-f` and `-k`');
    await requirePlatform(snapshot, flags);
    if (only !== undefined) checkNamespace(only, namespacesOf(snapshot));
    const shown = (seen: LoadedSnapshot, operator: OperatorSign | undefined): ShownStatus => ({
      status: clusterStatusOf(seen, { only, operator }),
      withRoutes: only !== undefined,
      operatorNamespace: flags.operatorNamespace,
      ...(watch ? { at: wallTimeOf(wallMs()) } : {}),
    });
    if (snapshot.cluster.view().platform === undefined)
      context.note(
        'there is no PlatformNetworkProfile, so nothing is ringed: a platform engineer creates one, first with `enforcement: DryRun`',
      );
    const result = shown(snapshot, isLive ? await operatorSignIn(flags) : undefined);
    return { result, ...(watch ? { updates: changes(watchCluster(flags, context), shown, result) } : {}) };
  },
});

/** What `shown` makes of the facts, whenever it differs from what was shown before. */
async function* changes(
  clusters: AsyncIterable<WatchedCluster>,
  shown: (snapshot: ClusterSnapshot, operator: OperatorSign) => ShownStatus,
  first: ShownStatus,
): AsyncGenerator<ShownStatus> {
  let last = first;
  for await (const { snapshot, operator } of clusters) {
    const next = shown(snapshot, operator);
    if (isDeepStrictEqual(withoutRenewals(next.status), withoutRenewals(last.status))) continue;
    yield { ...next, before: last.status };
    last = next;
  }
}

/** The lease of an operator that lives is renewed every few seconds: that is no change. */
function withoutRenewals({ operator, ...status }: ClusterStatus): object {
  return { ...status, operator: operator?.state };
}
