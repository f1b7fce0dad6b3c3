// Every code of the table of findings is found by something, and something shows it.
import { globSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { findingKinds } from '../src/model/findings.ts';

/** The codes that none of these files names. */
function missingIn(pattern: string, isMeant: (path: string) => boolean): readonly string[] {
  const paths = globSync(pattern).filter((path) => isMeant(path) && !path.endsWith('/findings.ts'));
  const words = new Set(paths.flatMap((path) => readFileSync(path, 'utf8').match(/\b[A-Z]\w+/g) ?? []));
  return Object.keys(findingKinds).filter((code) => !words.has(code));
}

test('code of src reports each', () => {
  expect(missingIn('src/**/*.ts', (path) => !path.endsWith('.test.ts'))).toEqual([]);
});

test('a unit test or a golden file shows each', () => {
  const isShown = (path: string) => /\.test\.ts$|^test\/.*\.(yaml|txt)$/.test(path);
  expect(missingIn('{src,test}/**/*.{ts,yaml,txt}', isShown)).toEqual([]);
});
