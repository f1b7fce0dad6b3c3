// The first source of binaries: the folder that KUBEBUILDER_ASSETS names, as other Kubernetes test suites use it.
// Somebody set it on purpose, so a binary there that will not do is passed over aloud, never silently.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { unfitness } from './probe.ts';
import type { Binary } from './versions.ts';

/** A binary's path, or why this source does not have it. */
export type Found = { readonly path: string } | { readonly reason: string };

/** Looks for `binary` in the folder that KUBEBUILDER_ASSETS names, by the version that it answers. */
export async function fromAssetsFolder(
  binary: Binary,
  env: NodeJS.ProcessEnv,
  warn: (message: string) => void,
): Promise<Found> {
  const folder = env.KUBEBUILDER_ASSETS;
  if (folder === undefined || folder === '') return { reason: 'KUBEBUILDER_ASSETS is not set' };
  const path = join(folder, binary.name);
  if (!existsSync(path)) return { reason: `KUBEBUILDER_ASSETS: \`${path}\` does not exist` };
  const unfit = await unfitness(binary, path);
  if (unfit === undefined) return { path };
  warn(`KUBEBUILDER_ASSETS is passed over: ${unfit}`);
  return { reason: `KUBEBUILDER_ASSETS: ${unfit}` };
}
