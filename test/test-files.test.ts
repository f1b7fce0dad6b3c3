// What `make e2e SUITE=…` runs.
import { expect, test } from '@jest/globals';
import { testFiles } from './test-files.ts';

test('a folder is all of its tests, also those further down', () => {
  const files = testFiles('e2e/ring');
  expect(files).toContain('e2e/ring/frozen.test.ts');
  expect(files.every((file) => /^e2e\/ring\/.*\.test\.ts$/.test(file))).toBe(true);
});

test.each(['e2e/ring/frozen', 'e2e/ring/frozen.test.ts'])('`%s` is one file', (suite) => {
  expect(testFiles(suite)).toEqual(['e2e/ring/frozen.test.ts']);
});

test.each(['e2e/rin', 'e2e/support', 'e2e/ring/frozen.test'])('`%s` has no test', (suite) => {
  expect(() => testFiles(suite)).toThrow(/^no test is in `[^`]+`: name .*faults, .*ring, /);
});
