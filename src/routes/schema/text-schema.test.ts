import { describe, expect, test } from '@jest/globals';
import { nameGlob, text } from './text-schema.ts';

describe('a bounded string', () => {
  test('counts code points, as the API server does, not UTF-16 units', () => {
    expect('🛡'.length).toBe(2);
    expect(text(3).safeParse('🛡🛡🛡').success).toBe(true);
    expect(text(3).safeParse('🛡🛡🛡🛡').error?.issues[0]?.message).toBe('must have at most 3 characters, has 4');
  });

  test('is not empty unless it may be', () => {
    expect(text(3).safeParse('').success).toBe(false);
    expect(text(3, 0).safeParse('').success).toBe(true);
  });

  test('tells its bounds to the CRD', () => {
    expect(text(3).meta()).toMatchObject({ minLength: 1, maxLength: 3 });
    expect(nameGlob().meta()).toMatchObject({ maxLength: 63 });
  });
});
