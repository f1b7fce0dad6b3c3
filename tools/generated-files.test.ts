// The generated files are fresh: what is committed is what the schemas and the code say now.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { generatedFiles } from './generated-files.ts';

const files = await generatedFiles();

describe('the generated files', () => {
  test.each([...files])('%s is fresh; if not, run `make generate`', (path, text) => {
    expect(existsSync(path) ? readFileSync(path, 'utf8') : 'missing').toBe(text);
  });

  test.each([...files].filter(([path]) => path.endsWith('.yaml')))(
    '%s means the same to readers of YAML 1.1, such as kubectl, and of 1.2',
    (_, text) => {
      const read = (version: '1.1' | '1.2') =>
        parseAllDocuments(text, { version }).map((document) => document.toJS());
      expect(read('1.1')).toEqual(read('1.2'));
    },
  );

  test.each(['crds', 'docs/reference'])('are all that is in %s, except for what lists them', (folder) => {
    const expected = [...files.keys()].filter((path) => path.startsWith(folder));
    const found = readdirSync(folder).filter((name) => name !== 'kustomization.yaml');
    expect(found.map((name) => `${folder}/${name}`).sort()).toEqual(expected.sort());
  });
});
