// Every value of a JSON text is where the YAML parser finds it.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isMap, isScalar, isSeq, type Node, parseDocument } from 'yaml';
import { jsonTree } from './json-tree.ts';

/** Each node below a path: its offsets, and the value of a scalar. */
function nodesIn(node: Node | null | undefined, path = ''): readonly unknown[] {
  const [start, end] = node?.range ?? [];
  const here = [path, start, end, isScalar(node) ? node.value : undefined];
  if (isSeq(node))
    return [here, ...node.items.flatMap((item, index) => nodesIn(item as Node, `${path}/${index}`))];
  if (!isMap(node)) return [here];
  return [
    here,
    ...node.items.flatMap(({ key, value }, index) => [
      nodesIn(key as Node, `${path}/key ${index}`),
      nodesIn(value as Node, `${path}/${index}`),
    ]),
  ];
}

/** Beyond these, the two read numbers differently. */
const numbers = fc.integer({ min: -1000, max: 1000 });
const texts = fc.oneof(
  fc.string(),
  fc.constantFrom('"', '\\', '{', ']', ',', ':', 'a\nb', '𝒷"𝒸', '8080', ''),
);
const { value: values } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(true, false, null),
    numbers,
    texts,
    tie('list'),
    tie('object'),
  ),
  list: fc.array(tie('value'), { maxLength: 4 }),
  object: fc.dictionary(texts, tie('value'), { maxKeys: 4, noNullPrototype: true }),
}));

test('the tree has the values and the offsets of the YAML parser', () => {
  fc.assert(
    fc.property(values, fc.constantFrom(undefined, 2, '\t'), (value, indent) => {
      const text = `\n ${JSON.stringify({ value }, null, indent)}\n`;
      const { contents } = parseDocument(text, { schema: 'json', prettyErrors: false });
      expect(nodesIn(jsonTree(text))).toEqual(nodesIn(contents));
    }),
  );
});

test('a text without a value has no tree', () => {
  expect(jsonTree(' \n')).toBeUndefined();
});

test('depth does not matter', () => {
  const depth = 100_000;
  const text = '['.repeat(depth) + ']'.repeat(depth);
  expect(jsonTree(text)?.range).toEqual([0, 2 * depth, 2 * depth]);
});
