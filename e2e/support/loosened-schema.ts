// A CRD without rules, so that unreadable objects can be stored. Must not know what happens to such an object.

import type { AnyCluster } from '../cluster.ts';
import { ApiError } from '../control-plane/api-client.ts';

/** Takes every rule out of a CRD's schema. It is in force some time after it is accepted: see `scribble` and `seesUnknownFields`. */
export async function loosen({ api }: AnyCluster, plural: string): Promise<void> {
  const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${plural}.ringfence.dev`;
  const crd = await api.json<{ spec: { versions: object[] } }>('GET', path);
  const openAPIV3Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const versions = crd.spec.versions.map((version) => ({ ...version, schema: { openAPIV3Schema } }));
  await api.json('PUT', path, { ...crd, spec: { ...crd.spec, versions } });
}

/** Merges anything into an object, as soon as the loosened schema lets it. */
export async function scribble<T extends object>(
  cluster: AnyCluster,
  path: string,
  patch: object,
  isStored: (stored: T) => boolean = () => true,
): Promise<void> {
  await cluster.eventually(`${path} takes ${JSON.stringify(patch)}`, async () => {
    try {
      return isStored(await cluster.api.json<T>('PATCH', path, patch));
    } catch (error) {
      if (error instanceof ApiError && error.status === 422) return undefined;
      throw error;
    }
  });
}

interface Profile {
  readonly spec?: { readonly probe?: number };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/**
 * Waits until the operator sees unknown fields of a profile that it can read. A watch that was opened under the schema of before
 * drops them for up to a minute, and no watch reports that version again: so this edits the profile until one is seen.
 */
export async function seesUnknownFields(cluster: AnyCluster, path: string): Promise<void> {
  let probe = 0;
  const isRefused = ({ status }: Profile) =>
    status?.conditions?.some((each) => each.type === 'Accepted' && each.status === 'False') === true;
  await cluster.eventually(
    'the operator sees unknown fields',
    async () => {
      probe += 1;
      const edit = probe;
      await scribble<Profile>(cluster, path, { spec: { probe: edit } }, ({ spec }) => spec?.probe === edit);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      return isRefused((await cluster.find<Profile>(path)) ?? {});
    },
    { timeoutMs: 300_000 },
  );
  await scribble(cluster, path, { spec: { probe: null } });
}
