// Every code of the table of findings is found by something, something shows it, and it says what to do next.
import { globSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { type Finding, findingKinds } from '../src/model/findings.ts';

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

/** The findings that sessions with `lint` show, each with the lines below it. */
function shownBy(session: string): readonly string[] {
  const head = /^(?=\S+.*: (?:error|warning|info) [A-Z]\w+: )/m;
  return session
    .split(head)
    .flatMap((part) => (/: (?:error|warning|info) [A-Z]\w+: /.test(part) ? [part] : []));
}

test('each says what to do next, wherever `lint` shows it', () => {
  const sessions = globSync('test/cli/sessions/*/session.txt').map((path) => readFileSync(path, 'utf8'));
  const lints = sessions.flatMap((text) =>
    text.split(/^(?=\$ )/m).filter((part) => /^\$ ringfence lint (?!.*-o )/.test(part)),
  );
  const shown = lints.flatMap(shownBy);
  expect(shown.length).toBeGreaterThan(50);
  expect(shown.filter((part) => !part.includes('\n  hint: '))).toEqual([]);
});

test('each says what to do next, wherever a golden folder has it', () => {
  const found = globSync('test/cases/*/findings.yaml').flatMap(
    (path) => (parse(readFileSync(path, 'utf8')) as readonly Finding[] | null) ?? [],
  );
  expect(found.length).toBeGreaterThan(50);
  expect(found.filter(({ hint }) => hint === '')).toEqual([]);
});
