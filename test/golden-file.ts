// One file of test/drawings, which holds what a drawing of it should be. `UPDATE_GOLDEN=1` rewrites it: look at the difference.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';

/** Compares a text with its file. */
export function expectGolden(name: string, text: string): void {
  const path = join(import.meta.dirname, 'drawings', name);
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(path, text);
  if (!existsSync(path))
    throw new Error(`test/drawings/${name} is missing: write it with \`UPDATE_GOLDEN=1\``);
  expect(text).toBe(readFileSync(path, 'utf8'));
}
