import { styleText } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { formatTable } from './table.ts';

describe('a table', () => {
  test('has columns as wide as they need to be, and no blanks at the end of a line', () => {
    const bold = styleText('bold', 'web', { validateStream: false });
    expect(
      formatTable([
        ['FROM', 'TO'],
        [bold, 'mongo'],
        ['mönch', ''],
      ]),
    ).toBe(`FROM   TO\n${bold}    mongo\nmönch\n`);
    expect(formatTable([])).toBe('');
  });
  test('breaks the cells of its widest columns if there is not enough room, and continues them indented', () => {
    const rows = [
      ['FROM', 'TO', 'PORTS'],
      ['shop/web', 'bank/ledger, bank/teller, pay/api, pay/console', '8080'],
      ['shop/web', 'pay/api', '80'],
    ];
    expect(formatTable(rows, 42)).toBe(
      [
        'FROM      TO                         PORTS',
        'shop/web  bank/ledger, bank/teller,  8080',
        '            pay/api, pay/console',
        'shop/web  pay/api                    80',
        '',
      ].join('\n'),
    );
    expect(formatTable(rows, 200)).toBe(formatTable(rows));
  });

  test('keeps a word that is longer than its column whole', () => {
    expect(formatTable([['an-address-that-is-quite-long and more', 'x']], 20)).toBe(
      'an-address-that-is-quite-long  x\n  and more\n',
    );
  });
});
