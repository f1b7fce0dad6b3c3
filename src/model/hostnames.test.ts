import { describe, expect, test } from '@jest/globals';
import { hostnamesMeet } from './hostnames.ts';

describe('two host names mean a host together', () => {
  test.each([
    ['a.example', 'a.example', true],
    ['a.example', 'b.example', false],
    ['*.example.com', 'test.example.com', true],
    ['*.example.com', 'foo.test.example.com', true],
    ['*.example.com', 'example.com', false],
    ['*.example.com', 'test.example.net', false],
    ['*.example.com', 'badexample.com', false],
    ['*.example.com', '*.example.com', true],
    ['*.example.com', '*.test.example.com', true],
    ['*.test.example.com', '*.other.example.com', false],
    ['*.example.com', '*.badexample.com', false],
    ['*.com', 'example.com', true],
  ])('%s and %s: %s', (a, b, expected) => {
    expect(hostnamesMeet(a, b)).toBe(expected);
    expect(hostnamesMeet(b, a)).toBe(expected);
  });
});
