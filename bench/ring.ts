// What is written: namespaces, and the policies of one as a template that is learnt from Ringfence, for those who write the
// same without thinking. Must not know what a ring consists of.
import type { ApiClient } from '../src/kube/api-client.ts';

/** NetworkPolicies without a namespace, in the order in which they were written. */
export type Ring = readonly Template[];

/** A NetworkPolicy without what the API server adds. */
export interface Template {
  readonly metadata: { readonly name: string; readonly [field: string]: unknown };
  readonly spec: unknown;
}

/** A NetworkPolicy as it is stored. */
export interface StoredPolicy extends Template {
  readonly metadata: {
    readonly name: string;
    readonly resourceVersion: string;
    readonly labels?: unknown;
    readonly annotations?: unknown;
    readonly ownerReferences?: unknown;
  };
}

/** Reads the policies of a namespace, first written first. */
export async function readRing(client: ApiClient, namespace: string): Promise<Ring> {
  const { items } = (await client.request('GET', policiesPath(namespace))) as { items: StoredPolicy[] };
  return items
    .sort((a, b) => Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion))
    .map(templateOf);
}

/** The policy as somebody else could write it, in any namespace. */
export function templateOf({ metadata, spec }: StoredPolicy): Template {
  const { name, labels, annotations, ownerReferences } = metadata;
  return {
    ...{ apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' },
    metadata: { name, labels, annotations, ownerReferences },
    spec,
  };
}

/** The label of the namespaces that are created here; Ringfence and the bare loop select by it. */
export const label = { key: 'ringfence-bench', value: 'yes' } as const;

/** Creates a namespace with the label, and with further ones. */
export async function createNamespace(
  client: ApiClient,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): Promise<void> {
  const metadata = { name, labels: { [label.key]: label.value, ...labels } };
  await client.request('POST', '/api/v1/namespaces', {
    body: { apiVersion: 'v1', kind: 'Namespace', metadata },
  });
}

/** Creates one policy of a ring. */
export async function createPolicy(
  client: ApiClient,
  namespace: string,
  template: Template | undefined,
): Promise<void> {
  if (template === undefined) return;
  const body = { ...template, metadata: { ...template.metadata, namespace } };
  await client.request('POST', policiesPath(namespace), { body });
}

/** Where the policies of a namespace are. */
export function policiesPath(namespace: string): string {
  return `/apis/networking.k8s.io/v1/namespaces/${namespace}/networkpolicies`;
}

/** Names that differ in the number at their end, from 0 on: a family of the witness. */
export function numbered(family: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${family}-${index}`);
}
