import { describe, expect, test } from '@jest/globals';
import { namespaceNamed, namespacesNamed, onlyNamesIn, selects } from './selectors.ts';

describe('a label selector', () => {
  const web = { app: 'web', tier: 'front' };

  test('selects everything when it is empty', () => {
    expect(selects({}, {})).toBe(true);
    expect(selects({}, web)).toBe(true);
  });

  test('needs every matchLabels entry', () => {
    expect(selects({ matchLabels: { app: 'web', tier: 'front' } }, web)).toBe(true);
    expect(selects({ matchLabels: { app: 'web', tier: 'back' } }, web)).toBe(false);
  });

  test('does not take a property of Object for a label', () => {
    expect(selects({ matchExpressions: [{ key: 'constructor', operator: 'Exists' }] }, web)).toBe(false);
  });

  test.each([
    ['In', ['web'], true],
    ['In', ['mongo'], false],
    ['NotIn', ['web'], false],
    ['NotIn', ['mongo'], true],
    ['Exists', undefined, true],
    ['DoesNotExist', undefined, false],
  ] as const)('%s %j on a present key is %s', (operator, values, expected) => {
    const requirement = values ? { key: 'app', operator, values } : { key: 'app', operator };
    expect(selects({ matchExpressions: [requirement] }, web)).toBe(expected);
  });

  test.each([
    ['In', false],
    ['NotIn', true],
    ['DoesNotExist', true],
  ] as const)('%s on an absent key is %s', (operator, expected) => {
    expect(selects({ matchExpressions: [{ key: 'absent', operator, values: ['x'] }] }, web)).toBe(expected);
  });
});

describe('the names that a selector of namespaces lists', () => {
  test('are those that it was made for', () => {
    expect(onlyNamesIn(namespaceNamed('shop'))).toEqual(['shop']);
    expect(onlyNamesIn(namespacesNamed(['shop', 'pay']))).toEqual(['pay', 'shop']);
  });

  test('are none where it asks for something else too, or may select others', () => {
    const [requirement] = namespacesNamed(['shop', 'pay']).matchExpressions ?? [];
    if (requirement === undefined) throw new Error('two names are a list');
    const others = [
      {},
      { matchLabels: { team: 'web' } },
      { matchLabels: { ...namespaceNamed('shop').matchLabels, team: 'web' } },
      { ...namespaceNamed('shop'), matchExpressions: [requirement] },
      { matchExpressions: [{ ...requirement, operator: 'NotIn' as const }] },
      { matchExpressions: [{ ...requirement, key: 'team' }] },
      { matchExpressions: [requirement, requirement] },
    ];
    for (const selector of others) expect(onlyNamesIn(selector)).toEqual([]);
  });
});
