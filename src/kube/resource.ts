// A watched kind of object, as data: its path and its decoder; and the objects as the server sends them.
// Must not know any kind, nor how objects get here.
import type { Paths } from './served-path.ts';
import type { Identified } from './store.ts';

/** A kind of object to watch, and how to decode it. */
export interface Resource<T extends Identified> extends Paths {
  readonly kind: string;
  /** The plural with its group, as RBAC and people name it: `networkpolicies.networking.k8s.io`. */
  readonly name: string;
  /** The path of all objects of the kind, over all namespaces. For an optional kind, older versions are tried too. */
  readonly path: string;
  /** Which objects are requested; if unset: all. */
  readonly query?: { readonly labelSelector?: string; readonly fieldSelector?: string };
  /** A kind that a cluster may not have, now or later: then it has no objects. */
  readonly optional?: true;
  /** A kind that a CustomResourceDefinition defines: the server's view of its objects depends on a schema that may change. */
  readonly custom?: true;
  /** The facts that are discovered from it are kept over restarts: if it can't be read, nothing waits for it. */
  readonly remembered?: true;
  /** Whether nothing relevant has changed; if unset: everything that is kept is compared, except the resource version. */
  readonly same?: (a: T, b: T) => boolean;
  /** Reads one object and keeps only what is needed. It should not throw; see `Decoder` for what happens if it does. */
  readonly reduce: (object: RawObject) => T;
  /** The facts in the metadata of an object on which `reduce` throws; if unset: its last state stays in force. */
  readonly unreadable?: (object: RawObject, message: string) => T;
  /** The facts about an object whose kind the cluster no longer knows; if unset: its last state stays in force. */
  readonly lost?: (known: T) => T;
}

/** An object as the server sends it. */
export interface RawObject {
  readonly metadata: RawMetadata;
  readonly spec?: unknown;
  readonly status?: unknown;
}

/** An object of any kind, as the API server sends it. */
export type KubernetesObject = RawObject & { readonly apiVersion: string; readonly kind: string };

/** Whether both are the same object, perhaps in two states: of one kind, with one name in one namespace. */
export function isSameObject(a: KubernetesObject, b: KubernetesObject): boolean {
  return (
    a.kind === b.kind && a.metadata.namespace === b.metadata.namespace && a.metadata.name === b.metadata.name
  );
}

/** The metadata that the API server adds to every object, as far as we read it. */
export interface RawMetadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly ownerReferences?: readonly RawOwner[];
  readonly managedFields?: readonly RawManagedFields[];
}

/** The fields that somebody wrote last (`ManagedFieldsEntry` of meta/v1), as far as we read it. */
export interface RawManagedFields {
  readonly manager?: string;
  readonly operation?: string;
  readonly time?: string;
  readonly fieldsV1?: Readonly<Record<string, unknown>>;
}

/** A reference to what owns an object. */
export interface RawOwner {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly uid: string;
  readonly controller?: boolean;
}

/** What every stored object has. */
export function identify({ metadata }: RawObject): Identified {
  const { namespace = '', name, uid, resourceVersion } = metadata;
  return { namespace, name, uid, resourceVersion };
}
