import { describe, expect, test } from '@jest/globals';
import { formatCsv } from './csv.ts';

describe('CSV', () => {
  test.each([
    ['a comma', 'shop/web, shop/api', '"shop/web, shop/api"'],
    ['a quotation mark', 'say "no"', '"say ""no"""'],
    ['a line break', 'one\ntwo', '"one\ntwo"'],
    ['nothing special', '0.0.0.0/0', '0.0.0.0/0'],
    ['what a spreadsheet would run', '=HYPERLINK("x")', '"\'=HYPERLINK(""x"")"'],
    ['a sign', '-1+1', "'-1+1"],
    ['a name as in chat', '@SUM(A1)', "'@SUM(A1)"],
  ])('writes a cell with %s', (_, text, written) => {
    expect(formatCsv([[text, 'x']])).toBe(`${written},x\r\n`);
  });

  test('ends each line as the standard says, also the last', () => {
    expect(
      formatCsv([
        ['FROM', 'TO'],
        ['', 'b'],
      ]),
    ).toBe('FROM,TO\r\n,b\r\n');
  });
});
