// The index against the plain way to find the same: looking at every namespace.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { namespace, view } from '../../test/fixtures.ts';
import { type LabelSelector, selects } from '../model/selectors.ts';
import type { NamespaceFacts } from './cluster-view.ts';
import { NamespaceIndex, namespacesSelectedBy } from './namespace-index.ts';

const key = fc.constantFrom('team', 'tier', 'kubernetes.io/metadata.name');
const value = fc.constantFrom('a', 'b', 'shop', 'pay');
const values = fc.uniqueArray(value, { minLength: 1 });
const requirement = fc.oneof(
  fc.record({ key, operator: fc.constantFrom('In' as const, 'NotIn' as const), values }),
  fc.record({ key, operator: fc.constantFrom('Exists' as const, 'DoesNotExist' as const) }),
);
const selector: fc.Arbitrary<LabelSelector> = fc.record(
  {
    matchLabels: fc.dictionary(key, value, { maxKeys: 2 }),
    matchExpressions: fc.array(requirement, { maxLength: 2 }),
  },
  { requiredKeys: [] },
);
const namespaces = fc
  .dictionary(
    fc.constantFrom('shop', 'pay', 'a', 'b', 'other'),
    fc.dictionary(fc.constantFrom('team', 'tier'), value),
  )
  .map((all) => Object.entries(all).map(([name, labels]) => namespace(name, labels)));

const namesOf = (all: readonly NamespaceFacts[]) => all.map(({ name }) => name).sort();

/** Tells an index of some namespaces, and then of the result of them. */
function follow(index: NamespaceIndex, before: readonly NamespaceFacts[], after: readonly NamespaceFacts[]) {
  const named = (all: readonly NamespaceFacts[]) => new Map(all.map((each) => [each.name, each]));
  const [old, young] = [named(before), named(after)];
  for (const each of before) index.change(undefined, each);
  for (const name of new Set([...old.keys(), ...young.keys()])) index.change(old.get(name), young.get(name));
}

describe('the namespaces that a selector selects', () => {
  test('are those that looking at every namespace finds', () => {
    fc.assert(
      fc.property(namespaces, selector, (all, some) => {
        expect(namesOf(namespacesSelectedBy(view({ namespaces: all }), some))).toEqual(
          namesOf(all.filter(({ labels }) => selects(some, labels))),
        );
      }),
    );
  });

  test('are the same after namespaces came, were labelled and went', () => {
    fc.assert(
      fc.property(namespaces, namespaces, selector, (before, after, some) => {
        const index = new NamespaceIndex();
        follow(index, before, after);
        const seen = view({ namespaces: after });
        expect(namesOf(namespacesSelectedBy({ ...seen, namespaceLabels: index }, some))).toEqual(
          namesOf(namespacesSelectedBy(seen, some)),
        );
        for (const each of after) index.change(each, undefined);
        expect(index).toEqual(new NamespaceIndex());
      }),
    );
  });
});
