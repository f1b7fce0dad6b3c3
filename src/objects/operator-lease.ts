// The Lease of the operator: who holds it is active, and how long ago it was renewed says whether the holder lives.
// Must not know who reads or writes it.
// https://kubernetes.io/docs/concepts/architecture/leases/

/** The name of the Lease, in the operator's namespace. */
export const leaseName = 'ringfence-operator';

/** The path of the Leases of a namespace. */
export function leasesIn(namespace: string): string {
  return `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;
}

/** A Lease of coordination.k8s.io/v1. */
export interface RawLease {
  readonly metadata: { readonly resourceVersion: string };
  readonly spec?: LeaseSpec;
}

/** Its content. */
export interface LeaseSpec {
  readonly holderIdentity?: string;
  readonly leaseDurationSeconds?: number;
  readonly leaseTransitions?: number;
  readonly acquireTime?: string;
  readonly renewTime?: string;
}
