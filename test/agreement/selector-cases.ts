// Label selectors: what a NetworkPolicy would take is accepted, what it would not is refused before it is written.
import { type AgreementCase, type Refusal, routeCase, times } from './agreement-case.ts';

const at = 'spec.routes[0].from.pods';
const keyMessage = 'must be a label key like `app` or `example.com/app`';

const labels = (title: string, matchLabels: unknown, refused?: Refusal) =>
  routeCase(title, { from: { pods: { matchLabels } } }, refused);

const expression = (title: string, requirement: unknown, refused?: Refusal) =>
  routeCase(title, { from: { pods: { matchExpressions: [requirement] } } }, refused);

const badKey: Refusal = { path: `${at}.matchLabels`, says: keyMessage };
const pattern = { serverSays: 'should match' };
const values = {
  path: `${at}.matchExpressions[0]`,
  says: 'must have `values` where `operator` is `In` or `NotIn`, and none where it is `Exists` or `DoesNotExist`',
};

/** Every case about label selectors. */
export const selectorCases: readonly AgreementCase[] = [
  labels('a label with a prefix is accepted', { 'app.kubernetes.io/name': 'web' }),
  labels('a label with the longest key is accepted', { [`${'a'.repeat(253)}/${'b'.repeat(63)}`]: 'web' }),
  labels('a label without a value is accepted', { canary: '' }),
  labels('no labels are accepted', {}),
  labels('16 labels are accepted', Object.fromEntries(times(16, (index) => [`key-${index}`, 'x']))),
  labels('17 labels are refused', Object.fromEntries(times(17, (index) => [`key-${index}`, 'x'])), {
    path: `${at}.matchLabels`,
    says: 'must have at most 16 entries',
    serverSays: 'must have at most 16 items',
  }),
  labels('a label whose key has a space is refused', { 'my app': 'web' }, badKey),
  labels('a label whose key is empty is refused', { '': 'web' }, badKey),
  labels('a label whose key has two slashes is refused', { 'a/b/c': 'web' }, badKey),
  labels('a label whose prefix is in upper case is refused', { 'Example.com/app': 'web' }, badKey),
  labels('a label whose name has 64 characters is refused', { [`a/${'b'.repeat(64)}`]: 'web' }, badKey),
  labels(
    'a label whose key has 318 characters is refused',
    { [`${'a'.repeat(254)}/${'b'.repeat(63)}`]: 'web' },
    badKey,
  ),
  labels(
    'a label whose value has a space is refused',
    { app: 'my web' },
    {
      path: `${at}.matchLabels.app`,
      says: 'must be a label value',
      ...pattern,
    },
  ),
  labels(
    'a label whose value has 64 characters is refused',
    { app: 'a'.repeat(64) },
    {
      path: `${at}.matchLabels.app`,
      says: 'must have at most 63 characters',
      serverSays: 'Too long',
    },
  ),
  labels(
    'a label whose value is a number is refused',
    { app: 1 },
    {
      path: `${at}.matchLabels.app`,
      says: 'must be a string',
      serverSays: 'must be of type string',
    },
  ),
  labels('a label whose value is null is pruned', { app: null, tier: 'front' }),
  expression('In with values is accepted', { key: 'app', operator: 'In', values: ['web', ''] }),
  expression('NotIn with a value is accepted', { key: 'a.b/app', operator: 'NotIn', values: ['web'] }),
  expression('Exists without values is accepted', { key: 'app', operator: 'Exists' }),
  expression('DoesNotExist with an empty list of values is accepted', {
    key: 'app',
    operator: 'DoesNotExist',
    values: [],
  }),
  expression('In without values is refused', { key: 'app', operator: 'In' }, values),
  expression(
    'NotIn with an empty list of values is refused',
    { key: 'app', operator: 'NotIn', values: [] },
    values,
  ),
  expression('Exists with a value is refused', { key: 'app', operator: 'Exists', values: ['web'] }, values),
  expression(
    'an operator that does not exist is refused',
    { key: 'app', operator: 'Equals', values: ['web'] },
    {
      path: `${at}.matchExpressions[0].operator`,
      says: 'must be `In`, `NotIn`, `Exists` or `DoesNotExist`',
      serverSays: 'supported values: "In", "NotIn", "Exists", "DoesNotExist"',
    },
  ),
  expression(
    'an expression without an operator is refused',
    { key: 'app' },
    {
      path: `${at}.matchExpressions[0].operator`,
      says: 'is required',
      serverSays: 'Required value',
    },
  ),
  expression(
    'an expression whose key is no label key is refused',
    { key: '-app', operator: 'Exists' },
    {
      path: `${at}.matchExpressions[0].key`,
      says: keyMessage,
      ...pattern,
    },
  ),
  expression(
    'an expression whose key has 318 characters is refused',
    {
      key: `${'a'.repeat(254)}/${'b'.repeat(63)}`,
      operator: 'Exists',
    },
    {
      path: `${at}.matchExpressions[0].key`,
      says: 'must have at most 317 characters',
      serverSays: 'Too long',
    },
  ),
  expression(
    'an expression whose value is no label value is refused',
    {
      key: 'app',
      operator: 'In',
      values: ['web', 'a b'],
    },
    { path: `${at}.matchExpressions[0].values[1]`, says: 'must be a label value', ...pattern },
  ),
  expression('64 values are accepted', {
    key: 'app',
    operator: 'In',
    values: times(64, (index) => `v${index}`),
  }),
  expression(
    '65 values are refused',
    { key: 'app', operator: 'In', values: times(65, (index) => `v${index}`) },
    {
      path: `${at}.matchExpressions[0].values`,
      says: 'must have at most 64 items',
    },
  ),
  routeCase(
    '17 expressions are refused',
    {
      from: { pods: { matchExpressions: times(17, (index) => ({ key: `k${index}`, operator: 'Exists' })) } },
    },
    { path: `${at}.matchExpressions`, says: 'must have at most 16 items' },
  ),
  routeCase(
    'a selector that forgets matchLabels is refused',
    { from: { pods: { app: 'web' } } },
    {
      path: `${at}.app`,
      says: 'allowed are `matchLabels` and `matchExpressions`',
      serverSays: 'unknown field',
    },
  ),
];
