// Long test files begin before short ones, whatever their size.
import { expect, test } from '@jest/globals';
import { inOrder } from './file-order.ts';

test('files on nodes and with faults come first, in turn, and then the largest', () => {
  const sizes = new Map([
    ['/r/e2e/ring/large.test.ts', 9000],
    ['/r/e2e/node/worlds/small.test.ts', 10],
    ['/r/e2e/ring/small.test.ts', 20],
    ['/r/e2e/faults/small.test.ts', 30],
    ['/r/e2e/faults/large.test.ts', 8000],
    ['/r/e2e/kind/large.test.ts', 7000],
    ['/r/e2e/node/middle.test.ts', 500],
  ]);
  const files = [...sizes.keys()].map((path) => ({ path }));
  expect(
    inOrder(files, (path) => sizes.get(path) ?? 0).map(({ path }) => path.slice('/r/e2e/'.length)),
  ).toEqual([
    'kind/large.test.ts',
    'faults/large.test.ts',
    'node/middle.test.ts',
    'faults/small.test.ts',
    'node/worlds/small.test.ts',
    'ring/large.test.ts',
    'ring/small.test.ts',
  ]);
});
