import { describe, expect, test } from '@jest/globals';
import { formatInputProblem, InputError } from './problems.ts';

describe('a problem', () => {
  test('shows its line with a caret below what is meant, also behind tabs', () => {
    const place = { line: 12, column: 3, source: '\t\tprots: [1]', length: 5 };
    expect(formatInputProblem({ file: 'a.yaml', place, message: 'is not a field', hint: 'mend it' })).toBe(
      ['a.yaml:12:3: is not a field', '  12 |   prots: [1]', '     |   ^^^^^', '  hint: mend it', ''].join(
        '\n',
      ),
    );
  });

  test('shows of a long line what is around the place', () => {
    const source = `${'x'.repeat(500)}here${'y'.repeat(500)}`;
    const told = formatInputProblem({
      file: 'a',
      place: { line: 1, column: 501, source, length: 4 },
      message: 'no',
    });
    const [, excerpt = '', caret = ''] = told.split('\n');
    expect(excerpt.length).toBeLessThan(120);
    expect(excerpt.slice(caret.indexOf('^'), caret.lastIndexOf('^') + 1)).toBe('here');
  });

  test('without a place is one line', () => {
    expect(formatInputProblem({ file: 'a', message: 'there is no such file' })).toBe(
      'a: there is no such file\n',
    );
  });

  test('of very many is counted', () => {
    const problems = Array.from({ length: 25 }, (_, index) => ({ file: `${index}.yaml`, message: 'no' }));
    const lines = new InputError(problems).report.trimEnd().split('\n');
    expect(lines).toHaveLength(21);
    expect(lines.at(-1)).toBe('and 5 more problems');
  });
});
