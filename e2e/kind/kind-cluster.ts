// A cluster by kind and Docker. Nothing here could be run where this was written: the command lines are compared in a test.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildArguments, checkEngine, defaultTag } from '../../image/build.ts';
import { runAloud } from '../support/run-command.ts';
import { createWords, deleteWords, loadWords } from './kind.ts';
import type { RealCluster } from './real-cluster.ts';

/**
 * Creates the cluster.
 * @param interrupted ends what is under way
 * @throws Error where kind is missing, or fails; nothing is left of the cluster then
 */
export async function startKind(interrupted: AbortSignal): Promise<RealCluster> {
  const { error } = spawnSync('kind', ['version']);
  if (error !== undefined) throw new Error(`\`kind\` can't be run (${error.message}): install 0.33 or later`);
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-kind-'));
  const kubeconfigPath = join(folder, 'kubeconfig');
  const stop = async () => {
    // In a process group of its own: somebody who presses Ctrl-C twice still wants the cluster to go.
    await runAloud('kind', deleteWords(kubeconfigPath), { detached: true });
    rmSync(folder, { recursive: true });
  };
  try {
    await runAloud('kind', createWords(kubeconfigPath), { signal: interrupted });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    kubeconfigPath,
    async loadOperatorImage() {
      const tag = defaultTag();
      checkEngine();
      await runAloud('docker', buildArguments({ tag, platforms: '', push: false }), { signal: interrupted });
      await runAloud('kind', loadWords(tag), { signal: interrupted });
    },
    stop,
    keep: async () => ['kind', ...deleteWords(kubeconfigPath)].join(' '),
  };
}
