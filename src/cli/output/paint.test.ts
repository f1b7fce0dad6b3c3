import { describe, expect, test } from '@jest/globals';
import { paintFor, paintOf } from './paint.ts';

const terminal = { isTTY: true };

describe('colour', () => {
  test('is on a terminal', () => {
    expect(paintFor(terminal, {})('red', 'no')).toBe('\u001b[31mno\u001b[39m');
    expect(paintFor(terminal, { NO_COLOR: '' })('bold', 'no')).toContain('\u001b');
  });

  test.each([
    ['in a pipe', {}, {}],
    ['with NO_COLOR', terminal, { NO_COLOR: '1' }],
    ['on a dumb terminal', terminal, { TERM: 'dumb' }],
  ])('is not %s', (_, stream, environment) => {
    expect(paintFor(stream, environment)('red', 'no')).toBe('no');
  });

  test('is not in a file', () => {
    expect(paintOf({ file: 'a' }, paintFor(terminal, {}))('red', 'no')).toBe('no');
  });
});
