// The binaries of the control plane; where they come from is in ../binaries, and which they are in versions.ts.
import { type BinarySources, findBinaries } from '../binaries/find-binaries.ts';
import type { BinaryName } from './kubernetes.ts';
import { controlPlaneBinaries } from './versions.ts';

/**
 * The path of each named binary; downloads or builds what is nowhere yet, which can take minutes.
 * @throws BinariesMissing when no source has one; ChecksumError when the downloaded archive was tampered with
 */
export async function ensureBinaries<Name extends BinaryName>(
  names: readonly Name[],
  sources: BinarySources = {},
): Promise<Record<Name, string>> {
  return await findBinaries(controlPlaneBinaries, names, sources);
}
