// Kinds for the tests of list and watch, which must work for any kind: two of the core and one that a CustomResourceDefinition
// defines. Must not know how Ringfence reads them.
import { identify, type Resource } from '../src/kube/resource.ts';
import type { Identified } from '../src/kube/store.ts';

/** An object that keeps its labels and whether it is being deleted. */
export interface Labelled extends Identified {
  readonly labels: Readonly<Record<string, string>>;
  readonly terminating: boolean;
  /** What a custom resource declares. */
  readonly spec?: unknown;
  /** Its kind is gone from the cluster. */
  readonly lost?: true;
}

export const plainNamespaces: Resource<Labelled> = {
  kind: 'Namespace',
  name: 'namespaces',
  path: '/api/v1/namespaces',
  reduce: (object) => ({
    ...identify(object),
    labels: object.metadata.labels ?? {},
    terminating: object.metadata.deletionTimestamp !== undefined,
  }),
};

export const plainPolicies: Resource<Labelled> = {
  ...plainNamespaces,
  kind: 'NetworkPolicy',
  name: 'networkpolicies.networking.k8s.io',
  path: '/apis/networking.k8s.io/v1/networkpolicies',
};

export const plainCustom: Resource<Labelled> = {
  ...plainNamespaces,
  kind: 'AppNetworkProfile',
  name: 'appnetworkprofiles.ringfence.dev',
  path: '/apis/ringfence.dev/v1alpha1/appnetworkprofiles',
  custom: true,
  reduce: (object) => ({ ...plainNamespaces.reduce(object), spec: object.spec }),
  lost: (known) => ({ ...known, lost: true }),
};
