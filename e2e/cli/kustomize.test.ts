// A Kustomization as kubectl builds it: what is analysed is what `kubectl apply -k` would send.
import { dirname } from 'node:path';
import { expect, test } from '@jest/globals';
import { useTool } from '../../test/cli/use-tool.ts';
import { ensureBinaries } from '../control-plane/binaries.ts';

const tool = useTool();

test('-k reads what kubectl builds from a folder, and passes on its errors', async () => {
  const { kubectl } = await ensureBinaries(['kubectl'], {});
  const folder = 'test/cli/sessions/sources';
  const run = (line: string) => tool.run(`PATH="$PATH:${dirname(kubectl)}" && ringfence ${line}`, { folder });
  // The base has no namespace, and its policy lets nothing in.
  const { stdout, exitCode } = await run('matrix -k overlay -o json');
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toContainEqual({ from: 'prod/web', to: 'prod/web', ports: ['all'] });
  const missing = await run('matrix -k nowhere');
  expect(missing.exitCode).toBe(2);
  expect(missing.stderr).toMatch(
    /^<kustomize nowhere>: `kubectl kustomize nowhere` failed: must build at directory/,
  );
});
