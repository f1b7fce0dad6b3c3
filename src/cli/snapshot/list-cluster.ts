// Lists every object of a cluster that the compiler or the analysis reads, once; it writes nothing.
// Must not know what a verb makes of them.
import { ApiClient } from '../../kube/api-client.ts';
import { connect, loadKubeConfig } from '../../kube/connection.ts';
import { ApiError } from '../../kube/errors.ts';
import { type ListedKind, listObjects } from '../../kube/list.ts';
import type { KubernetesObject } from '../../kube/resource.ts';
import { apiVersionOf } from '../../kube/served-path.ts';
import { Stores } from '../../objects/stores.ts';
import type { CommandContext } from '../command-context.ts';
import { ToolError } from '../failures.ts';
import type { ClusterFlags } from '../options.ts';

/** The kinds that run pods, which the operator does not watch. */
const workloadKinds: readonly ListedKind[] = [
  { kind: 'Pod', path: '/api/v1/pods' },
  ...['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'].map((kind) => listed(kind, 'apps/v1')),
  ...['Job', 'CronJob'].map((kind) => listed(kind, 'batch/v1')),
];

/**
 * Lists the objects of a cluster.
 *
 * @throws ConfigurationError if the kubeconfig is not usable; ToolError if the cluster does not answer, or refuses
 */
export async function listCluster(
  flags: ClusterFlags,
  { progress }: CommandContext,
): Promise<readonly KubernetesObject[]> {
  const { kubeconfig, context } = flags;
  const config = loadKubeConfig({
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
  });
  const connection = await connect(config);
  const client = new ApiClient(connection);
  const objects: KubernetesObject[] = [];
  try {
    for (const kind of [...watchedKinds(), ...workloadKinds]) {
      progress.tell('reading the cluster', kind.kind);
      objects.push(...(await listObjects(client, kind).catch(explain(kind, connection.server))));
    }
  } finally {
    await client.close();
  }
  return objects;
}

/** The kinds that the operator watches. Profiles may be missing: policies can be analysed without them. */
function watchedKinds(): readonly ListedKind[] {
  const kinds: ListedKind[] = [];
  new Stores().each(({ kind, path, olderPaths = [], query, optional }) => {
    const isOurs = apiVersionOf(path).startsWith('ringfence.dev/');
    kinds.push({
      ...{ kind, path, olderPaths },
      ...(query === undefined ? {} : { query }),
      ...(optional || isOurs ? { optional: true as const } : {}),
    });
  });
  return kinds;
}

function listed(kind: string, apiVersion: string): ListedKind {
  return { kind, path: `/apis/${apiVersion}/${kind.toLowerCase()}s` };
}

function explain({ kind, path }: ListedKind, server: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof ApiError)) throw error;
    const { status, message } = error;
    if (status === 0) throw new ToolError(`can't reach the API server at \`${server}\`: ${message}`);
    const plural = path.split('/').at(-1);
    if (status === 403) {
      throw new ToolError(
        `no permission to list ${plural} in all namespaces: ask for it, and check it with \`kubectl auth can-i list ${plural} -A\``,
      );
    }
    throw new ToolError(`the API server at \`${server}\` does not list objects of kind ${kind}: ${message}`);
  };
}
