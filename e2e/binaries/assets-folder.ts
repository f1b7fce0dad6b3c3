// The first source of binaries: the folder that an environment variable names (KUBEBUILDER_ASSETS, as other Kubernetes test
// suites use it). Somebody set it on purpose, so a binary there that will not do is passed over aloud, never silently.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Binary } from './binary.ts';
import { unfitness } from './probe.ts';

/** A binary's path, or why this source does not have it. */
export type Found = { readonly path: string } | { readonly reason: string };

/** Looks for `binary` in the folder that `variable` names, by the version that it answers. */
export async function fromAssetsFolder(
  binary: Binary,
  variable: string,
  env: NodeJS.ProcessEnv,
  warn: (message: string) => void,
): Promise<Found> {
  const folder = env[variable];
  if (folder === undefined || folder === '') return { reason: `${variable} is not set` };
  const path = join(folder, binary.name);
  if (!existsSync(path)) return { reason: `${variable}: \`${path}\` does not exist` };
  const unfit = await unfitness(binary, path);
  if (unfit === undefined) return { path };
  warn(`${variable} is passed over: ${unfit}`);
  return { reason: `${variable}: ${unfit}` };
}
