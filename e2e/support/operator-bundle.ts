// The operator's bundle, built from the sources: it starts in a fraction of the time that the sources take. Must not know what it is for.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';

/** Builds it in a folder of its own, which `removeBundle` removes. @returns its path */
export function bundleOperator(): string {
  const path = join(mkdtempSync(join(tmpdir(), 'ringfence-bundle-')), 'ringfence.mjs');
  execFileSync(process.execPath, ['esbuild.config.mjs', path]);
  return path;
}

export function removeBundle(path: string): void {
  rmSync(dirname(path), { recursive: true });
}

/** Builds it before the tests of a file or a `describe`, and removes it afterwards. Returns what returns its path. */
export function useBundle(): () => string {
  let path = '';
  beforeAll(() => {
    path = bundleOperator();
  });
  afterAll(() => removeBundle(path));
  return () => path;
}
