// A folder with an input as people write it, and what is made of it as files. Must not know what is made, nor how.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from '@jest/globals';

/**
 * Expects a folder to hold some of the files `inputs`, exactly what was made of them, and nothing else. With `UPDATE_GOLDEN=1`
 * what was made is written first: look at the difference before you keep it.
 *
 * @param outcome texts by file name
 */
export function expectGolden(
  folder: string,
  inputs: readonly string[],
  outcome: Readonly<Record<string, string>>,
): void {
  for (const [file, text] of Object.entries(outcome)) {
    const path = join(folder, file);
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(path, text);
    if (!existsSync(path)) {
      throw new Error(`${path} is missing: write it with \`UPDATE_GOLDEN=1\` and read it before you keep it`);
    }
    expect(readFileSync(path, 'utf8')).toBe(text);
  }
  const given = inputs.filter((file) => existsSync(join(folder, file)));
  expect(given).not.toHaveLength(0);
  expect(readdirSync(folder).sort()).toEqual([...given, ...Object.keys(outcome)].sort());
}
