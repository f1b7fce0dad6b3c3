import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { success } from '../model/result.ts';
import type { RouteEnd } from './route-end.ts';
import { constrain, type ValidationRule, validations } from './schema/constraint.ts';
import { fields } from './schema/fields.ts';
import { oneEndIsLocal, routeEndUnion } from './union.ts';

const end = (name: string, more: Pick<Partial<RouteEnd>, 'schema' | 'pods'> = {}): RouteEnd => ({
  name,
  schema: fields({}),
  description: 'An end.',
  peers: () => success([{}]),
  ...more,
});

const app = end('app', {
  schema: z.string(),
  pods: () => success({ selector: {}, ports: () => success(undefined) }),
});
const union = routeEndUnion([app, end('namespace')]);

const rulesOf = (schema: z.ZodType) => schema.meta()?.[validations] as readonly ValidationRule[];

describe('the union of route ends', () => {
  test('takes one of them', () => {
    expect(union.safeParse({ namespace: {} }).success).toBe(true);
    expect(union.safeParse({ fqdn: {} }).success).toBe(false);
  });

  test('says the same in CEL, with reserved words escaped', () => {
    expect(rulesOf(union)).toEqual([
      {
        rule: '[has(self.app), has(self.__namespace__)].exists_one(present, present)',
        message: 'must have exactly one of `app` and `namespace`',
      },
    ]);
  });

  test('refuses none and two, and says which', () => {
    const messages = [{}, { app: 'web', namespace: {} }].map(
      (value) => union.safeParse(value).error?.issues[0]?.message,
    );
    expect(messages).toEqual([
      'must have exactly one of `app` and `namespace`; it has none',
      'must have exactly one of `app` and `namespace`; `app` and `namespace` are set',
    ]);
  });
});

describe('a route', () => {
  test('needs an end that is here, on either side', () => {
    const constraint = oneEndIsLocal([app, end('anywhere')]);
    expect(constraint.rule).toBe('has(self.from.app) || has(self.to.app)');
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
