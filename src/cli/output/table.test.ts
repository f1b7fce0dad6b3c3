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
});
