// The generated files are fresh: what is committed is what the schemas say now.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { generatedFiles } from './generated-files.ts';

describe('the generated files', () => {
  test.each([...generatedFiles()])('%s is fresh; if not, run `make generate`', (path, text) => {
    expect(existsSync(path) ? readFileSync(path, 'utf8') : 'missing').toBe(text);
  });

  test.each(['crds', 'docs/reference'])('are all that is in %s, but for what lists them', (folder) => {
    const expected = [...generatedFiles().keys()].filter((path) => path.startsWith(folder));
    const found = readdirSync(folder).filter((name) => name !== 'kustomization.yaml');
    expect(found.map((name) => `${folder}/${name}`).sort()).toEqual(expected.sort());
  });
});
