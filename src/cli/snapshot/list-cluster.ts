// Lists every object of a cluster that the compiler or the analysis reads, once; it writes nothing.
// Must not know what a verb makes of them.
import { ApiClient } from '../../kube/api-client.ts';
import { connect, loadKubeConfig } from '../../kube/connection.ts';
import { ApiError } from '../../kube/errors.ts';
import { listObjects } from '../../kube/list.ts';
import { receivedList } from '../../kube/received.ts';
import type { KubernetesObject } from '../../kube/resource.ts';
import { ExpectedError } from '../../model/expected-error.ts';
import { type AnyKind, kinds } from '../../objects/kinds.ts';
import { platformNetworkProfiles } from '../../objects/policy-resources.ts';
import type { CommandContext } from '../command-context.ts';
import { cannotReach, ToolError } from '../failures.ts';
import type { ClusterFlags } from '../options.ts';

/**
 * Lists the objects of a cluster.
 *
 * @param wanted the kinds to list; if unset: all that a verb may read
 * @throws ConfigurationError if the kubeconfig is not usable; ToolError if the cluster does not answer, or refuses
 */
export async function listCluster(
  flags: ClusterFlags,
  { progress }: CommandContext,
  wanted: readonly AnyKind[] = kinds.filter(({ onlyTool }) => onlyTool !== 'Files'),
): Promise<readonly KubernetesObject[]> {
  const connection = await connect(loadKubeConfig(flags));
  const client = new ApiClient(connection);
  const objects: KubernetesObject[] = [];
  try {
    for (const kind of wanted) {
      progress.show('reading the cluster', kind.kind);
      // Profiles may be missing: policies can be analysed without them.
      const listed = { ...kind, ...(kind.custom && { optional: true as const }) };
      objects.push(...(await listObjects(client, listed).catch(explain(kind, connection.server))));
    }
  } finally {
    await client.close();
  }
  return objects;
}

function explain({ kind, path }: AnyKind, server: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof ApiError)) throw error;
    const { status, message } = error;
    if (status === 0) throw cannotReach(server, error);
    const plural = path.split('/').at(-1);
    if (status === 403) {
      throw new ToolError(
        `no permission to list ${plural} in all namespaces: ask for it, and check it with \`kubectl auth can-i list ${plural} -A\``,
      );
    }
    throw new ToolError(`the API server at \`${server}\` does not list objects of kind ${kind}: ${message}`);
  };
}

/** How long a hint may take, in milliseconds. */
const patienceMs = 2000;

/** Whether the cluster has a platform profile; no if it does not tell soon, or if there is none. It is only for a hint: nothing is reported. */
export async function hasPlatformProfile(flags: ClusterFlags): Promise<boolean> {
  try {
    const client = new ApiClient(await connect(loadKubeConfig(flags)));
    const { path, kind } = platformNetworkProfiles;
    try {
      // A list, as for everything else: it needs no other right.
      const listed = await client.request('GET', path, { signal: AbortSignal.timeout(patienceMs) });
      return receivedList(listed, kind).items.length > 0;
    } finally {
      await client.close();
    }
  } catch (error) {
    if (error instanceof ExpectedError) return false;
    throw error;
  }
}
