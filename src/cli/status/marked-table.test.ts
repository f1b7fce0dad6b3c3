import { describe, expect, test } from '@jest/globals';
import { type MarkedRow, markedTable } from './marked-table.ts';

const context = { paint: (_: unknown, text: string) => text, note: () => undefined };
const columns = { head: ['NAME', 'STATE'], keys: 1 };
const row = (name: string, state: string, isRemarkable = false): MarkedRow => ({
  cells: [name, state],
  isRemarkable,
});
const before = [row('a', 'open'), row('b', 'open'), row('c', 'open')];
const after = [row('a', 'open'), row('b', 'closed'), row('d', 'open')];

describe('a table', () => {
  test('has no column for changes if there is nothing to compare with', () => {
    expect(markedTable(columns, after, { before: undefined }, context)).toBe(
      'NAME  STATE\na     open\nb     closed\nd     open\n',
    );
  });

  test('says what is different, what is new and what is gone', () => {
    expect(markedTable(columns, after, { before }, context)).toBe(
      [
        'NAME  STATE   CHANGE',
        'a     open',
        'b     closed  STATE was open',
        'd     open    new',
        'c     -       gone',
        '',
      ].join('\n'),
    );
  });

  test('leaves out what is as before where only changes count, and is empty without any', () => {
    expect(markedTable(columns, after, { before, onlyChanged: true }, context)).not.toMatch(/^a/m);
    expect(markedTable(columns, before, { before, onlyChanged: true }, context)).toBe('');
    expect(markedTable(columns, [], { before: undefined }, context)).toBe('');
  });

  test('without room for all rows keeps what has changed, then what is remarkable, and counts the rest', () => {
    const rows = [row('a', 'open'), row('b', 'open', true), row('c', 'closed')];
    expect(markedTable(columns, rows, { before, most: 2 }, context)).toBe(
      'NAME  STATE   CHANGE\nb     open\nc     closed  STATE was open\nand 1 more, as before\n',
    );
    expect(markedTable(columns, rows, { before: undefined, most: 0 }, context)).toBe(
      'NAME  STATE\nb     open\nand 2 more\n',
    );
  });

  test('does not repeat a long text, and marks a row whose columns all tell rows apart', () => {
    const long = [row('a', 'x'.repeat(31))];
    expect(markedTable(columns, [row('a', 'open')], { before: long }, context)).toMatch(/another STATE$/m);
    const all = { ...columns, keys: 2 };
    expect(markedTable(all, [row('a', 'open')], { before: long }, context)).toBe(
      `NAME  STATE                            CHANGE\na     open                             new\na     ${'x'.repeat(31)}  gone\n`,
    );
  });

  test('compares texts without colours', () => {
    const red = [row('a', '\u001b[31mopen\u001b[39m')];
    expect(markedTable(columns, red, { before, onlyChanged: true }, context)).not.toMatch(/^a/m);
  });
});
