import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { portText } from '../../test/agreement/port-text.ts';
import { parsePort } from '../model/ports.ts';
import { port } from './port.ts';

const accepts = (value: unknown) => port.safeParse(value).success;
const hasLeadingZero = (text: string) => /^0|-0/.test(text) && !/[a-z]/.test(text.replace(/\/.*$/, ''));

describe('the schema of a port', () => {
  test('accepts just the strings that parsePort reads, except for leading zeros', () => {
    fc.assert(
      fc.property(portText, (text) => {
        expect(accepts(text)).toBe(parsePort(text).ok && !hasLeadingZero(text));
      }),
      { numRuns: 5000 },
    );
  });

  test('accepts just the numbers that parsePort reads', () => {
    fc.assert(
      fc.property(fc.oneof(fc.integer({ min: -10, max: 70_000 }), fc.double()), (number) => {
        expect(accepts(number)).toBe(Number.isInteger(number) && number >= 1 && number <= 65535);
      }),
    );
  });

  test('never throws, whatever the value is', () => {
    fc.assert(fc.property(fc.anything(), (value) => typeof accepts(value) === 'boolean'));
  });
});
