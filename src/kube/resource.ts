// A kind of object that is watched, as data: where it is, and how one is read; and the objects as they come over the wire.
// Must not know any kind, nor how objects get here.
import type { Paths } from './served-path.ts';
import type { Identified } from './store.ts';

/** A kind of object to watch, and how one is read. */
export interface Resource<T extends Identified> extends Paths {
  readonly kind: string;
  /** The plural with its group, as RBAC and people name it: `networkpolicies.networking.k8s.io`. */
  readonly name: string;
  /** The path of all objects of the kind, over all namespaces. Older versions are asked where the kind is optional. */
  readonly path: string;
  /** Which of them are asked for; left out: all. */
  readonly query?: { readonly labelSelector?: string; readonly fieldSelector?: string };
  /** A kind that a cluster may not have, now or later: then there are none of it. */
  readonly optional?: true;
  /** A kind that a CustomResourceDefinition defines: what the server says of its objects hangs on a schema that may change. */
  readonly custom?: true;
  /** What is found out from it is remembered over restarts: where it can't be read, nobody has to wait for it. */
  readonly remembered?: true;
  /** What the operator does with its objects beside listing and watching them, as RBAC names it. */
  readonly writes?: readonly ('create' | 'update' | 'delete')[];
  /** The operator writes the status of its objects. */
  readonly reportsStatus?: true;
  /** Whether nothing has changed that anybody acts on; left out: all that is kept is compared, but for the resource version. */
  readonly same?: (a: T, b: T) => boolean;
  /** Reads one object and keeps only what is needed. It should not throw; see `Decoder` for where it does. */
  readonly reduce: (object: RawObject) => T;
  /** What its metadata tell of an object that `reduce` throws at; left out: its last state holds. */
  readonly unreadable?: (object: RawObject, message: string) => T;
  /** What is known of an object whose kind is gone from the cluster; left out: its last state holds. */
  readonly lost?: (known: T) => T;
}

/** An object as it came over the wire. */
export interface RawObject {
  readonly metadata: RawMetadata;
  readonly spec?: unknown;
  readonly status?: unknown;
}

/** An object of any kind, as the API server sends it. */
export type KubernetesObject = RawObject & { readonly apiVersion: string; readonly kind: string };

/** What the API server puts into every object's metadata, as far as we read it. */
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

/** Which fields somebody wrote last (`ManagedFieldsEntry` of meta/v1), as far as we read it. */
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
