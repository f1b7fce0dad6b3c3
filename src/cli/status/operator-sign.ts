// The last sign of the operator: the Lease that it renews while it lives.
// Must not know what it writes: an operator that is gone leaves everything as it is, so no policy shows it.
import { ApiClient } from '../../kube/api-client.ts';
import { connect, loadKubeConfig } from '../../kube/connection.ts';
import { ApiError } from '../../kube/errors.ts';
import { parseWallTime, wallMs } from '../../kube/wall-time.ts';
import { leaseName, leasesIn, type RawLease } from '../../objects/operator-lease.ts';
import type { ClusterFlags } from '../options.ts';

/** How sure it is that an operator is active. */
export const operatorStates = [
  /** It has renewed its lease in time. */
  'Active',
  /** It has stopped, or does not reach the API server. */
  'Silent',
  /** There is no lease, but an operator has reported about the platform profile as it is: it runs, or ran, without leader election. */
  'NoElection',
  /** There is no lease, and no report: it was never there, or runs elsewhere. */
  'NoLease',
  /** The lease may not be read. */
  'Unknown',
] as const;

/** The last sign of the operator. */
export interface OperatorSign {
  readonly state: (typeof operatorStates)[number];
  /** When it renewed its lease, as RFC 3339; absent if it never did, or has given the lease back. */
  readonly renewed?: string;
}

/** The last sign of the operator in a cluster. @throws ConfigurationError if the kubeconfig is not usable */
export async function operatorSignIn(
  flags: ClusterFlags & { readonly operatorNamespace: string },
): Promise<OperatorSign> {
  const client = new ApiClient(await connect(loadKubeConfig(flags)));
  try {
    return await readOperatorSign(client, flags.operatorNamespace);
  } finally {
    await client.close();
  }
}

/** The last sign of the operator, by its lease in this namespace. */
export async function readOperatorSign(client: ApiClient, namespace: string): Promise<OperatorSign> {
  try {
    const lease = (await client.request('GET', `${leasesIn(namespace)}/${leaseName}`)) as RawLease;
    return signOf(lease, client.serverClock.timeMs(performance.now()) ?? wallMs());
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { state: error.status === 404 ? 'NoLease' : 'Unknown' };
  }
}

/** Without leader election there is no lease: then what it has reported is the only sign. */
export function signBeside(sign: OperatorSign, hasReported: boolean): OperatorSign {
  return sign.state === 'NoLease' && hasReported ? { state: 'NoElection' } : sign;
}

/** The sign of a lease. @param nowMs by the server's clock */
export function signOf({ spec = {} }: RawLease, nowMs: number): OperatorSign {
  const { holderIdentity = '', leaseDurationSeconds = 0, renewTime } = spec;
  const renewed = parseWallTime(renewTime);
  if (holderIdentity === '' || renewTime === undefined || renewed === undefined) return { state: 'Silent' };
  const isInTime = nowMs - renewed <= leaseDurationSeconds * 1000;
  return { state: isInTime ? 'Active' : 'Silent', renewed: renewTime };
}
