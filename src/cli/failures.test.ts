import { describe, expect, test } from '@jest/globals';
import { ApiError } from '../kube/errors.ts';
import { exitCodes } from './exit-codes.ts';
import { endingOf, ToolError } from './failures.ts';

describe('a process ends', () => {
  test('with 2 and a sentence where an error was expected', () => {
    expect(endingOf(new ToolError('no such file'))).toEqual({
      text: 'ringfence: no such file\n',
      exitCode: exitCodes.error,
    });
    expect(endingOf(new ApiError(403, 'Forbidden', 'not allowed'))).toEqual({
      text: 'ringfence: not allowed\n',
      exitCode: exitCodes.error,
    });
  });

  test('with 70 and its stack where ringfence itself is at fault', () => {
    const { text, exitCode } = endingOf(new TypeError('x is not a function'));
    expect(exitCode).toBe(70);
    expect(text).toMatch(
      /^ringfence: this is a bug in ringfence, please report it:\nTypeError: x is not a function\n {4}at /,
    );
  });

  test('with 70 where something is thrown that is no error', () => {
    expect(endingOf('oops')).toEqual({
      text: 'ringfence: this is a bug in ringfence, please report it:\noops\n',
      exitCode: 70,
    });
  });
});
