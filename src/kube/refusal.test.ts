// What the API server says when it forbids a request, as a real one words it.
import { describe, expect, test } from '@jest/globals';
import { refusalOf } from './refusal.ts';

const counted = 'count/networkpolicies.networking.k8s.io';
const quotaSays = (requested: string, used: string, limited: string) =>
  `networkpolicies.networking.k8s.io "ringfence-a" is forbidden: exceeded quota: few, requested: ${requested}, used: ${used}, limited: ${limited}`;

describe('a quota that is exceeded', () => {
  const exceeded = (message: string) => {
    const refusal = refusalOf(message, {});
    return refusal.cause === 'QuotaExceeded' ? refusal.exceeded : undefined;
  };

  test('has a name, and says how much of it is used', () => {
    expect(exceeded(quotaSays(`${counted}=1`, `${counted}=5`, `${counted}=6`))).toEqual({
      quota: 'few',
      amounts: new Map([[counted, { used: 5, limited: 6 }]]),
    });
  });

  test('may be one of several resources', () => {
    const list = (policies: string, pods: string) => `${counted}=${policies},pods=${pods}`;
    expect(exceeded(quotaSays(list('1', '2'), list('999', '3'), list('1k', '4')))?.amounts).toEqual(
      new Map([
        [counted, { used: 999, limited: 1000 }],
        ['pods', { used: 3, limited: 4 }],
      ]),
    );
  });

  test('may be in numbers that are not read', () => {
    expect(
      exceeded(quotaSays(`${counted}=1`, `${counted}=many`, `${counted}=6`))?.amounts.get(counted),
    ).toEqual({
      used: undefined,
      limited: 6,
    });
  });
});

test.each([
  ['a webhook', 'admission webhook "x" denied the request: no'],
  [
    'a webhook that speaks of a quota',
    'admission webhook "x" denied the request: exceeded quota: ask your platform team',
  ],
  [
    'a webhook that speaks of the end of a namespace',
    'admission webhook "x" denied the request: it is being terminated',
  ],
])('%s has reasons of its own', (_, message) => {
  expect(refusalOf(message, { causes: [{ reason: 'FieldValueInvalid' }] })).toEqual({ cause: 'Other' });
});

test.each([undefined, null, 'text', { causes: 'text' }, { causes: [null] }])(
  'details that are none of a Status, as %j, say nothing',
  (details) => {
    expect(refusalOf('no', details)).toEqual({ cause: 'Other' });
  },
);
