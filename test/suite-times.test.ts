// What is told of the time that the test command takes.
import { expect, test } from '@jest/globals';
import { markedParts, timeTable } from './suite-times.ts';

const file = (name: string, start: number, end: number) => ({
  name,
  startTime: start * 1000,
  endTime: end * 1000,
});

test('a part that make has begun lasts until the next one', () => {
  expect(markedParts('100 setup 112 lint 160 node', 161_500)).toEqual([
    { name: 'setup', start: 100_000, end: 112_000 },
    { name: 'lint', start: 112_000, end: 160_000 },
    { name: 'node', start: 160_000, end: 161_500 },
  ]);
  expect(markedParts('', 0)).toEqual([]);
});

test('a folder has the time while any of its files ran, and the sum of them', () => {
  const unit = [file('src/a.test.ts', 10, 14), file('test/b.test.ts', 10, 19)];
  const e2e = [
    file('e2e/ring/long.test.ts', 20, 60),
    file('e2e/node/worlds/within.test.ts', 20, 25),
    file('e2e/ring/within.test.ts', 30, 40),
    file('e2e/node/later.test.ts', 60, 75),
    file('e2e/ring/overlapping.test.ts', 50, 70),
  ];
  const table = timeTable([
    ...markedParts('0 setup 3 lint', 10_000),
    { name: 'unit', start: 10_000, end: 20_000, files: unit },
    { name: 'e2e', start: 20_000, end: 75_600, files: e2e },
  ]);
  expect(table).toBe(`\
seconds                 wall     sum of the files
setup                      3
lint                       7
unit                      10      13
  src                      4       4
  test                     9       9
e2e                       56      90
  e2e/node                20      20
  e2e/ring                50      70
all                       76
the longest files
      40  e2e/ring/long.test.ts
      20  e2e/ring/overlapping.test.ts
      15  e2e/node/later.test.ts
      10  e2e/ring/within.test.ts
       9  test/b.test.ts
       5  e2e/node/worlds/within.test.ts
       4  src/a.test.ts`);
});

test('a suite of one folder is told by itself', () => {
  const files = [file('e2e/ring/one.test.ts', 1, 3)];
  expect(timeTable([{ name: 'e2e/ring', start: 0, end: 4000, files }])).toBe(`\
seconds                 wall     sum of the files
e2e/ring                   4       2
all                        4
the longest files
       2  e2e/ring/one.test.ts`);
});
