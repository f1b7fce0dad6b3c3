// Label selectors: what a NetworkPolicy would take is accepted, what it would not is refused before it is written.
import { type AgreementCase, cases, type Refusal, routeCase, times } from './agreement-case.ts';
import {
  hasTooManyItems,
  isMalformed,
  isMissing,
  isNotOneOf,
  isOfAnotherType,
  isTooLong,
  isUnknown,
} from './refusals.ts';

const at = 'spec.routes[0].from.pods';
const keyMessage = 'must be a label key like `app` or `example.com/app`';

const labels = (title: string, matchLabels: unknown, refused?: Refusal) =>
  routeCase(title, { from: { pods: { matchLabels } } }, refused);

const expression = (title: string, requirement: unknown, refused?: Refusal) =>
  routeCase(title, { from: { pods: { matchExpressions: [requirement] } } }, refused);

const badKey: Refusal = { path: `${at}.matchLabels`, says: keyMessage };
const values = {
  path: `${at}.matchExpressions[0]`,
  says: 'must have `values` where `operator` is `In` or `NotIn`, and none where it is `Exists` or `DoesNotExist`',
};

/** Every case about label selectors. */
export const selectorCases: readonly AgreementCase[] = [
  ...cases(labels, {
    'a label with a prefix is accepted': [{ 'app.kubernetes.io/name': 'web' }],
    'a label with the longest key is accepted': [{ [`${'a'.repeat(253)}/${'b'.repeat(63)}`]: 'web' }],
    'a label without a value is accepted': [{ canary: '' }],
    'no labels are accepted': [{}],
    '16 labels are accepted': [Object.fromEntries(times(16, (index) => [`key-${index}`, 'x']))],
    '17 labels are refused': [
      Object.fromEntries(times(17, (index) => [`key-${index}`, 'x'])),
      {
        path: `${at}.matchLabels`,
        says: 'must have at most 16 entries',
        serverSays: 'must have at most 16 items',
      },
    ],
    'a label whose key has a space is refused': [{ 'my app': 'web' }, badKey],
    'a label whose key is empty is refused': [{ '': 'web' }, badKey],
    'a label whose key has two slashes is refused': [{ 'a/b/c': 'web' }, badKey],
    'a label whose prefix is in upper case is refused': [{ 'Example.com/app': 'web' }, badKey],
    'a label whose name has 64 characters is refused': [{ [`a/${'b'.repeat(64)}`]: 'web' }, badKey],
    'a label whose key has 318 characters is refused': [
      { [`${'a'.repeat(254)}/${'b'.repeat(63)}`]: 'web' },
      badKey,
    ],
    'a label whose value has a space is refused': [
      { app: 'my web' },
      isMalformed(`${at}.matchLabels.app`, 'must be a label value'),
    ],
    'a label whose value has 64 characters is refused': [
      { app: 'a'.repeat(64) },
      isTooLong(`${at}.matchLabels.app`, 63),
    ],
    'a label whose value is a number is refused': [
      { app: 1 },
      isOfAnotherType(`${at}.matchLabels.app`, 'must be a string', 'string'),
    ],
    'a label whose value is null is pruned': [{ app: null, tier: 'front' }],
  }),
  ...cases(expression, {
    'In with values is accepted': [{ key: 'app', operator: 'In', values: ['web', ''] }],
    'NotIn with a value is accepted': [{ key: 'a.b/app', operator: 'NotIn', values: ['web'] }],
    'Exists without values is accepted': [{ key: 'app', operator: 'Exists' }],
    'DoesNotExist with an empty list of values is accepted': [
      { key: 'app', operator: 'DoesNotExist', values: [] },
    ],
    'In without values is refused': [{ key: 'app', operator: 'In' }, values],
    'NotIn with an empty list of values is refused': [{ key: 'app', operator: 'NotIn', values: [] }, values],
    'Exists with a value is refused': [{ key: 'app', operator: 'Exists', values: ['web'] }, values],
    'an operator that does not exist is refused': [
      { key: 'app', operator: 'Equals', values: ['web'] },
      isNotOneOf(`${at}.matchExpressions[0].operator`, 'must be `In`, `NotIn`, `Exists` or `DoesNotExist`'),
    ],
    'an expression without an operator is refused': [
      { key: 'app' },
      isMissing(`${at}.matchExpressions[0].operator`),
    ],
    'an expression whose key is no label key is refused': [
      { key: '-app', operator: 'Exists' },
      isMalformed(`${at}.matchExpressions[0].key`, keyMessage),
    ],
    'an expression whose key has 318 characters is refused': [
      { key: `${'a'.repeat(254)}/${'b'.repeat(63)}`, operator: 'Exists' },
      isTooLong(`${at}.matchExpressions[0].key`, 317),
    ],
    'an expression whose value is no label value is refused': [
      { key: 'app', operator: 'In', values: ['web', 'a b'] },
      isMalformed(`${at}.matchExpressions[0].values[1]`, 'must be a label value'),
    ],
    '64 values are accepted': [{ key: 'app', operator: 'In', values: times(64, (index) => `v${index}`) }],
    '65 values are refused': [
      { key: 'app', operator: 'In', values: times(65, (index) => `v${index}`) },
      hasTooManyItems(`${at}.matchExpressions[0].values`, 64),
    ],
  }),
  ...cases(routeCase, {
    '17 expressions are refused': [
      {
        from: {
          pods: { matchExpressions: times(17, (index) => ({ key: `k${index}`, operator: 'Exists' })) },
        },
      },
      hasTooManyItems(`${at}.matchExpressions`, 16),
    ],
    'a selector that forgets matchLabels is refused': [
      { from: { pods: { app: 'web' } } },
      isUnknown(`${at}.app`, 'allowed are `matchLabels` and `matchExpressions`'),
    ],
  }),
];
