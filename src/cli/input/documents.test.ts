import { describe, expect, test } from '@jest/globals';
import { readDocuments } from './documents.ts';

function values(text: string): readonly unknown[] {
  const { documents, problems } = readDocuments({ file: 'a.yaml', text });
  expect(problems).toEqual([]);
  return documents.map(({ value }) => value);
}

function problem(text: string): string {
  const { documents, problems } = readDocuments({ file: 'a.yaml', text });
  expect(documents).toEqual([]);
  const [first] = problems;
  return `${first?.place?.line}:${first?.place?.column}: ${first?.message}`;
}

describe('a text', () => {
  test('holds its documents; comments and empty ones are none', () => {
    expect(values('# head\n---\na: 1\n---\n# nothing\n---\r\nb: 2\r\n...\n')).toEqual([{ a: 1 }, { b: 2 }]);
    expect(values('')).toEqual([]);
  });

  test('is read as kubectl reads it: YAML 1.1, but times and dates stay words', () => {
    const text =
      'off: off\ny: y\noctal: 0777\ntime: 10:30\ndate: 2026-01-01\n8080: http\nbinary: !!binary aGk=\n';
    expect(values(text)).toEqual([
      { off: false, y: true, octal: 511, time: '10:30', date: '2026-01-01', 8080: 'http', binary: 'aGk=' },
    ]);
  });

  test('may hold anchors, aliases and merges', () => {
    expect(values('a: &a {x: 1}\nb: *a\nc: {<<: *a, y: 2}\n')).toEqual([
      { a: { x: 1 }, b: { x: 1 }, c: { x: 1, y: 2 } },
    ]);
  });

  test('may name a field twice: the last one counts, and its place is known', () => {
    const { documents, problems } = readDocuments({
      file: 'a.yaml',
      text: 'a: 1\nb:\n  c: 1\n  c: 2\na: 3\n',
    });
    expect(problems).toEqual([]);
    expect(documents.map(({ value, repeated = [] }) => [value, repeated.map(({ line }) => line)])).toEqual([
      [{ a: 3, b: { c: 2 } }, [4, 5]],
    ]);
    expect(documents[0]?.place('b.c', 'value')?.line).toBe(4);
  });

  test('may hold several JSON values, each with its own places', () => {
    const text = '{"a": "}{\\"", "b": {}}\n{"a": 2}{\n"a":\n 3}\n';
    const { documents, problems } = readDocuments({ file: 'a.json', text });
    expect(problems).toEqual([]);
    expect(documents.map(({ value }) => value)).toEqual([{ a: '}{"', b: {} }, { a: 2 }, { a: 3 }]);
    const places = documents.map(({ place }) => place('a', 'value'));
    expect(places.map((place) => `${place?.line}:${place?.column}`)).toEqual(['1:7', '2:7', '4:2']);
  });

  test('finds a field of an item of a JSON list without the others, also in a very long line', () => {
    const filler = 'x'.repeat(1000);
    const item = (name: string) => ({
      note: [`],{"items": ${filler}`],
      metadata: { name, deep: [[1], { a: name }] },
    });
    const text = JSON.stringify({ kind: 'List', also: [[1, 2]], items: [item('a'), item('b𝒳'), item('c')] });
    const { documents } = readDocuments({ file: 'a.json', text });
    const place = documents[0]?.place('items[2].metadata.deep[1].a', 'value');
    expect([...text].slice((place?.column ?? 0) - 1).join('')).toBe('"c"}]}}]}');
    expect(place?.source.slice(0, 300)).toHaveLength(300);
    expect(place?.omitted).toBe((place?.column ?? 0) - 1 - 300);
    expect(documents[0]?.place('items[7].metadata', 'value')?.line).toBe(1);
  });

  test('that starts like JSON and is YAML is read as YAML', () => {
    expect(values('{a: 1, b: [c]}')).toEqual([{ a: 1, b: ['c'] }]);
    expect(values('{"a": 1}')).toEqual([{ a: 1 }]);
  });

  test('keeps the good documents beside a bad one', () => {
    const { documents, problems } = readDocuments({ file: 'a.yaml', text: 'a: 1\n---\nb: [\n---\nc: 3\n' });
    expect(documents.length).toBeGreaterThan(0);
    expect(problems).toHaveLength(1);
  });
});

describe('what cannot be read', () => {
  const bomb = ['a: &a [x, x, x, x, x, x, x, x, x, x]']
    .concat(
      [...'bcdefgh'].map((name, index) => {
        const below = Array(10).fill(`*${'abcdefgh'[index]}`).join(', ');
        return `${name}: &${name} [${below}]`;
      }),
    )
    .join('\n');

  test.each([
    ['a template', 'a: {{ .Values.a }}\n', "1:5: an object or a list can't be the name of a field"],
    ['an alias of nothing', 'a: *b\n', '1:4: there is no anchor `&b` before this alias'],
    ['an alias of itself', 'a: &a [*a]\n', '1:1: it is nested too deeply to be read'],
    [
      'a text that is cut off',
      'a: {b: [1, 2\n',
      '1:13: the text ends too early: flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
    [
      'JSON that is cut off',
      '{"a": [1, 2',
      '1:12: the text ends too early: flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
    ['aliases that blow up', bomb, '1:1: its aliases expand to more than can be read'],
    [
      'lists in lists in JSON',
      `{"a": ${'['.repeat(9000)}${']'.repeat(9000)}}`,
      '1:1: it is nested too deeply to be read',
    ],
  ])('%s is reported with its place', (_, text, told) => {
    expect(problem(text)).toBe(told);
  });

  test('is reported where its nesting is too much for the parser', () => {
    expect(problem('['.repeat(100_000))).toMatch(/^1:\d+: it is nested too deeply to be read$/);
  });

  test('of a template says to fill it in', () => {
    const { problems } = readDocuments({ file: 'a.yaml', text: 'a: {{ .Values.a }}\n' });
    expect(problems[0]?.hint).toContain('helm template');
  });

  test('is reported where it stands in the text, not in its document', () => {
    const { documents } = readDocuments({ file: 'a.yaml', text: 'a: 1\n---\n# c\nb: [1, {c: 2}]\n' });
    expect(documents[1]?.place('b[1].c', 'value')).toMatchObject({ line: 4, column: 12 });
    const json = readDocuments({ file: 'a.json', text: '{\n\t"b": [1, {"c": 2}]\n}' });
    expect(json.documents[0]?.place('b[1].c', 'value')).toMatchObject({ line: 2, column: 17 });
  });
});
