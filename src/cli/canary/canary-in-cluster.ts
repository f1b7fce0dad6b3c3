// Reads what is known of the canary in a cluster: what the operator reports, and the Leases of the clients.
// Must not know what is printed.
import type { Condition } from '../../api/conditions.ts';
import { platformProfileName } from '../../api/platform-network-profile.ts';
import { type EnforcementStatus, platformNetworkProfileStatus } from '../../api/platform-status.ts';
import type { StoredReport } from '../../canary/receipts.ts';
import { ApiClient } from '../../kube/api-client.ts';
import { connect, loadKubeConfig } from '../../kube/connection.ts';
import { ApiError, classify } from '../../kube/errors.ts';
import { readStatus } from '../../kube/object-status.ts';
import type { KubernetesObject } from '../../kube/resource.ts';
import { canaryNamespace } from '../../model/canary-namespace.ts';
import { listCanaryReports } from '../../objects/canary-leases.ts';
import { platformNetworkProfiles } from '../../objects/policy-resources.ts';
import { cannotReach, ToolError } from '../failures.ts';
import type { ClusterFlags } from '../options.ts';
import { type OperatorSign, readOperatorSign, signBeside } from '../status/operator-sign.ts';

/** What a cluster says of its canary. */
export interface CanaryInCluster {
  /** The condition `Enforced` of the platform profile; absent if no operator has reported it. */
  readonly condition?: Condition;
  readonly enforcement?: EnforcementStatus;
  readonly operator: OperatorSign;
  /** The last reports; absent if they may not be read. */
  readonly reports?: readonly StoredReport[];
}

/** Reads it. @throws ToolError if the cluster does not answer, or has no platform profile; ConfigurationError */
export async function readCanary(
  flags: ClusterFlags & { readonly operatorNamespace: string },
): Promise<CanaryInCluster> {
  const connection = await connect(loadKubeConfig(flags));
  const client = new ApiClient(connection);
  try {
    const [profile, operator, reports] = await Promise.all([
      client.request('GET', `${platformNetworkProfiles.path}/${platformProfileName}`),
      readOperatorSign(client, flags.operatorNamespace),
      reportsIn(client),
    ]);
    const { conditions = [], enforcement } = readStatus(
      platformNetworkProfileStatus,
      (profile as KubernetesObject).status,
    );
    const condition = conditions.find(({ type }) => type === 'Enforced');
    return {
      operator: signBeside(operator, condition !== undefined),
      ...(condition === undefined ? {} : { condition }),
      ...(enforcement === undefined ? {} : { enforcement }),
      ...(reports === undefined ? {} : { reports }),
    };
  } catch (error) {
    throw error instanceof ApiError ? explained(error, connection.server) : error;
  } finally {
    await client.close();
  }
}

/** What the operator reports can be read by more people than the Leases. */
async function reportsIn(client: ApiClient): Promise<readonly StoredReport[] | undefined> {
  try {
    return await listCanaryReports(client);
  } catch (error) {
    if (error instanceof ApiError && classify(error) === 'denied') return undefined;
    throw error;
  }
}

/** What to ask for, to see every node. */
export const missingRight = `the reports of the nodes can't be read: ask for \`list\` of \`leases\` in \`${canaryNamespace}\``;

function explained(error: ApiError, server: string): Error {
  switch (classify(error)) {
    case 'unreachable':
      return cannotReach(server, error);
    case 'denied':
      return new ToolError(`no permission: ${error.message}; ask for the ClusterRole \`ringfence-view\``);
    case 'gone':
      return new ToolError(
        'there is no PlatformNetworkProfile, so the operator reports nothing: create one, first with `enforcement: DryRun`',
      );
    default:
      return error;
  }
}
