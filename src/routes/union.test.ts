import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { success } from '../model/result.ts';
import type { RouteEnd } from './route-end.ts';
import { constrain, type ValidationRule, validations } from './schema/constraint.ts';
import { fields } from './schema/fields.ts';
import { oneEndIsLocal, routeEndUnion } from './union.ts';

const end = (name: string, more: Pick<Partial<RouteEnd>, 'schema' | 'isLocal' | 'sides'> = {}): RouteEnd => ({
  name,
  schema: fields({}),
  sides: ['from', 'to'],
  isLocal: false,
  description: 'An end.',
  peers: () => success([{}]),
  ...more,
});

const ends = [
  end('app', { schema: z.string(), isLocal: true }),
  end('namespace'),
  end('fqdn', { sides: ['to'] }),
];

const rulesOf = (schema: z.ZodType) => schema.meta()?.[validations] as readonly ValidationRule[];

describe('the union of route ends', () => {
  test('takes an end on the sides where it may stand', () => {
    expect(routeEndUnion(ends, 'to').safeParse({ fqdn: {} }).success).toBe(true);
    expect(routeEndUnion(ends, 'from').safeParse({ fqdn: {} }).success).toBe(false);
  });

  test('says the same in CEL, with reserved words escaped', () => {
    expect(rulesOf(routeEndUnion(ends, 'from'))).toEqual([
      {
        rule: '[has(self.app), has(self.__namespace__)].exists_one(present, present)',
        message: 'must have exactly one of `app` and `namespace`',
      },
    ]);
  });

  test('refuses none and two, and says which', () => {
    const messages = [{}, { app: 'web', namespace: {} }].map(
      (value) => routeEndUnion(ends, 'from').safeParse(value).error?.issues[0]?.message,
    );
    expect(messages).toEqual([
      'must have exactly one of `app` and `namespace`; it has none',
      'must have exactly one of `app` and `namespace`; `app` and `namespace` are set',
    ]);
  });
});

describe('a route', () => {
  test('needs an end that is here, on a side where that may stand', () => {
    const constraint = oneEndIsLocal([end('app', { isLocal: true, sides: ['to'] }), end('anywhere')]);
    expect(constraint.rule).toBe('has(self.to.app)');
    expect(constraint.holds({ from: { anywhere: {} }, to: { app: 'web' } })).toBe(true);
    expect(constraint.holds({ from: { anywhere: {} }, to: { anywhere: {} } })).toBe(false);
  });
});

describe('a constraint', () => {
  const short = {
    rule: 'size(self) < 3',
    message: 'must be short',
    holds: (text: string) => text.length < 3,
  };
  const lower = { rule: "self != 'A'", message: 'must not be `A`', holds: (text: string) => text !== 'A' };

  test('keeps the rules that were there before it', () => {
    const schema = constrain(constrain(z.string(), short), lower).describe('A word.');
    expect(rulesOf(schema).map(({ rule }) => rule)).toEqual([short.rule, lower.rule]);
  });

  test('leaves the schema that it was given as it was', () => {
    const plain = z.string();
    constrain(plain, short);
    expect(plain.safeParse('long').success).toBe(true);
    expect(rulesOf(plain)).toBeUndefined();
  });
});
