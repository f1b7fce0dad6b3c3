// What `make lint` says of names that mean two things.
import { expect, test } from '@jest/globals';
import { repeatedNames } from './unique-names.ts';

const sources = (files: Readonly<Record<string, string>>) =>
  Object.entries(files).map(([path, text]) => ({ path, text }));

test('a base name that occurs twice is found, except for the fixed names of a slice', () => {
  const files = ['a/index.ts', 'b/index.ts', 'a/command.ts', 'b/command.ts', 'a/format.ts', 'b/format.ts'];
  const found = repeatedNames(
    sources(
      Object.fromEntries([...files, 'b/ports.ts', 'a/ports.ts', 'a/once.ts'].map((path) => [path, ''])),
    ),
  );
  expect(found).toEqual(['the base name `ports.ts` occurs 2 times: a/ports.ts, b/ports.ts']);
});

test.each([
  ['a constant', 'export const twice = 1;'],
  ['one of several constants', 'export const once = 1, twice = 2;'],
  ['a part of a pattern', 'export const { once, a: [twice] } = b;'],
  ['a function', 'export async function twice() {}'],
  ['a class', 'export abstract class twice {}'],
  ['an interface', 'export interface twice {}'],
  ['a type', 'export type twice = 1;'],
  ['an enumeration', 'export enum twice {}'],
  ['a list of names', 'const a = 1; export { a as twice };'],
])('a name that two files export is found where one of them is %s', (_what, text) => {
  expect(repeatedNames(sources({ 'a.ts': 'export const twice = 1;', 'b.ts': text }))).toEqual([
    '`twice` is exported by 2 files: a.ts, b.ts',
  ]);
});

test.each([
  ['is passed on', "export { once } from './a.ts';"],
  ['is not exported', 'const once = 1;'],
  ['is in a string', "export const other = 'export const once = 1;';"],
])('a name that %s in the other file is declared once', (_what, text) => {
  const type = 'export const once = 1; export type once = number;';
  expect(repeatedNames(sources({ 'a.ts': type, 'b.ts': text }))).toEqual([]);
});
