// What files take from a cluster with `--platform-from-cluster`: the platform profile, and the Namespaces that the files lack.
// Must not know the question.
import type { KubernetesObject } from '../../kube/resource.ts';
import type { Labels } from '../../model/selectors.ts';
import { namespaces, platformNetworkProfiles } from '../../objects/policy-resources.ts';
import type { CommandContext } from '../command-context.ts';
import { ToolError } from '../failures.ts';
import type { ClusterFlags } from '../options.ts';

/** A namespace that exists in the cluster, and of which the files say nothing. */
export interface NamespaceElsewhere {
  readonly name: string;
  readonly labels: Labels;
}

/** What is added to files. */
export interface FromCluster {
  /** The platform profile, and the Namespaces of objects in the files that have no manifest there. */
  readonly objects: readonly KubernetesObject[];
  readonly elsewhere: readonly NamespaceElsewhere[];
}

/**
 * Reads it. Whoever may not list Namespaces gets the platform profile alone, and a note.
 *
 * @param objects what the files contain
 * @throws ToolError if there is not exactly one platform profile, and the errors of `listCluster`
 */
export async function platformFromCluster(
  objects: readonly KubernetesObject[],
  flags: ClusterFlags,
  context: CommandContext,
): Promise<FromCluster> {
  if (objects.some(({ kind }) => kind === platformNetworkProfiles.kind))
    throw new ToolError(
      '`--platform-from-cluster`: the input has a PlatformNetworkProfile, too; leave one out',
    );
  const { listCluster } = await import('./list-cluster.ts');
  const found = await listCluster(flags, context, [platformNetworkProfiles]);
  if (found.length === 0)
    throw new ToolError('`--platform-from-cluster`: the cluster has no PlatformNetworkProfile');
  const live = await listCluster(flags, context, [namespaces]).catch((error: unknown) => {
    if (!(error instanceof ToolError)) throw error;
    context.note(`the Namespaces of the cluster are not used: ${error.message}`);
    return [];
  });
  const inFiles = new Set(
    objects.flatMap(({ kind, metadata: { name } }) => (kind === namespaces.kind ? [name] : [])),
  );
  const usedInFiles = new Set(objects.flatMap(({ metadata: { namespace = [] } }) => namespace));
  const others = live.filter(({ metadata: { name } }) => !inFiles.has(name));
  return {
    objects: [...found, ...others.filter(({ metadata: { name } }) => usedInFiles.has(name))],
    elsewhere: others
      .filter(({ metadata: { name } }) => !usedInFiles.has(name))
      .map(({ metadata: { name, labels = {} } }) => ({ name, labels })),
  };
}
