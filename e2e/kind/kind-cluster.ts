// A cluster by kind and Docker. Nothing here could be run where this was written: the command lines are compared in a test.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildImage, defaultTag } from '../../image/build.ts';
import { createWords, deleteWords, loadWords } from './kind.ts';
import type { RealCluster } from './real-cluster.ts';

/** Creates the cluster. @throws Error where kind is missing, or fails; nothing is left of the cluster then */
export async function startKind(): Promise<RealCluster> {
  const { error } = spawnSync('kind', ['version']);
  if (error !== undefined) throw new Error(`\`kind\` can't be run (${error.message}): install 0.33 or later`);
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-kind-'));
  const kubeconfigPath = join(folder, 'kubeconfig');
  const stop = async () => {
    kind(deleteWords(kubeconfigPath));
    rmSync(folder, { recursive: true });
  };
  try {
    kind(createWords(kubeconfigPath));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    kubeconfigPath,
    async loadOperatorImage() {
      const tag = defaultTag();
      buildImage({ tag, platforms: '', push: false });
      kind(loadWords(tag));
    },
    stop,
    keep: async () => ['kind', ...deleteWords(kubeconfigPath)].join(' '),
  };
}

function kind(words: readonly string[]): void {
  execFileSync('kind', words, { stdio: 'inherit' });
}
