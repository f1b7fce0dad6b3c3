// The index of routes saves work and decides nothing.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { runs } from '../../test/property-runs.ts';
import { neighbours, viewOf } from '../../test/random-cluster.ts';
import type { RouteLinks } from '../view/cluster-view.ts';
import { type Compiled, compile } from './compile.ts';

/** Leaves out functions: two of them are never equal. */
function plain({ namespaces, ...rest }: Compiled) {
  return { ...rest, namespaces: namespaces.map(({ forbidden: _, ...namespace }) => namespace) };
}

describe('the index of routes', () => {
  test('saves work only: an index that finds every profile each time changes no result', () => {
    fc.assert(
      fc.property(neighbours, (given) => {
        const seen = viewOf(given);
        const every = () => [...seen.profiles.values()].flatMap((siblings) => [...siblings.values()]);
        const routeLinks: RouteLinks = {
          ...{ fromName: every, fromLabels: every, fromAny: every, fromSelected: every, fromDeclared: every },
          ...{ toName: every, toLabels: every, toDeclared: every, undecoded: () => [], names: () => [] },
        };
        expect(plain(compile({ ...seen, routeLinks }))).toEqual(plain(compile(seen)));
      }),
      runs(100),
    );
  });
});
