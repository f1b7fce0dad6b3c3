import { describe, expect, test } from '@jest/globals';
import { formatTable } from './table.ts';

describe('a table', () => {
  test('has columns as wide as they need to be, and no blanks at the end of a line', () => {
    const loud = { text: 'web', look: (text: string) => `*${text}*` };
    expect(
      formatTable([
        ['FROM', 'TO'],
        [loud, 'mongo'],
        ['mönch', ''],
      ]),
    ).toBe('FROM   TO\n*web*    mongo\nmönch\n');
    expect(formatTable([])).toBe('');
  });
});
