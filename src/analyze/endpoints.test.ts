import { describe, expect, test } from '@jest/globals';
import { type Endpoint, formatEndpoint, spellEndpoint } from './endpoints.ts';

const mongo = { kind: 'StatefulSet', namespace: 'shop', name: 'mongo' };
const many = Array.from({ length: 10 }, (_, index) => `10.${index}.0.0/16`);

describe('an end', () => {
  test.each<[string, Endpoint]>([
    ['shop/mongo', { workload: mongo }],
    ['shop/mongo (mongo-0, mongo-1)', { workload: mongo, pods: ['mongo-0', 'mongo-1'] }],
    ['10.0.0.0/8', { cidr: '10.0.0.0/8' }],
    ['10.0.0.0/8 except 10.1.0.0/16', { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] }],
    ['10.0.0.1', { cidr: '10.0.0.1/32' }],
    ['fd00::/32', { cidr: 'fd00::/32' }],
    ['fd00::1', { cidr: 'fd00::1/128' }],
  ])('is called %s', (text, end) => {
    expect(formatEndpoint(end)).toBe(text);
    expect(spellEndpoint(end)).toBe(text);
  });

  test('with many exceptions is cut for people, and not for programs', () => {
    const end = { cidr: '10.0.0.0/8', except: many };
    expect(formatEndpoint(end)).toBe(`10.0.0.0/8 except ${many.slice(0, 8).join(', ')} and 2 more`);
    expect(spellEndpoint(end)).toBe(`10.0.0.0/8 except ${many.join(', ')}`);
  });
});
