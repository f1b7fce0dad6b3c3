import { describe, expect, test } from '@jest/globals';
import { parseDocument } from 'yaml';
import { positionAt, spanOf, TextLines } from './positions.ts';

const text = `metadata:
  labels:
    app.kubernetes.io/name: 3
spec:
  routes:
  - name: web
    ports: [80, "443"]
  - name: api
    from: {app: web}
  also: &anchor
    deep: 1
  again: *anchor
`;

function lined(written: string) {
  const lines = new TextLines(written);
  return { text: written, document: parseDocument(written, { lineCounter: lines }), lines };
}

function shown(path: string, meant: 'key' | 'value' = 'value'): string {
  const parsed = lined(text);
  const { line, column, length } = positionAt(parsed, spanOf(parsed.document, path, meant));
  const source = text.split('\n')[line - 1] ?? '';
  return `${line}: ${source.slice(column - 1, column - 1 + length)}`;
}

describe('the place of a field', () => {
  test.each([
    ['spec.routes[0].name', '6: web'],
    ['spec.routes[0].ports[1]', '7: "443"'],
    ['metadata.labels.app.kubernetes.io/name', '3: 3'],
    ['metadata.labels[app.kubernetes.io/name]', '3: 3'],
    ['spec.routes[api].from.app', '9: web'],
    ['spec.again', '12: *anchor'],
  ])('%s is its value', (path, place) => {
    expect(shown(path)).toBe(place);
  });

  test.each([
    ['spec.routes', '5: routes'],
    ['spec.routes[1].from', '9: from'],
    ['spec', '4: spec'],
  ])('%s, which goes over more than a word, is its name', (path, place) => {
    expect(shown(path)).toBe(place);
  });

  test('that should not be there is its name', () => {
    expect(shown('spec.routes[0].name', 'key')).toBe('6: name');
  });

  test.each([
    ['spec.routes[0].to', '6: n'],
    ['spec.egress', '4: spec'],
    ['spec.routes[9].name', '5: routes'],
    ['spec.again.deep', '12: again'],
    ['status', '1: m'],
    ['', '1: m'],
  ])('%s, which is missing, is what it is missing from', (path, place) => {
    expect(shown(path)).toBe(place);
  });
});

describe('a place', () => {
  test('counts characters, not code units, and stays in its line', () => {
    expect(positionAt(lined('a: 1\r\n𝒷: "𝒸\r\nd"'), { start: 10, end: 20 })).toEqual({
      line: 2,
      column: 4,
      source: '𝒷: "𝒸',
      length: 3,
    });
  });

  test('behind the end of the text is at its end', () => {
    expect(positionAt(lined('a: 1'), { start: 99, end: 99 })).toMatchObject({
      line: 1,
      column: 5,
      length: 1,
    });
  });
});
