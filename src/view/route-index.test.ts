// The index against the plain way to find the same: looking at every route of every profile.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { profile, undecodable } from '../../test/fixtures.ts';
import { runs } from '../../test/property-runs.ts';
import { neighbours } from '../../test/random-cluster.ts';
import type { Route } from '../api/route.ts';
import { formatKey, type ObjectKey } from '../model/object-key.ts';
import { type Labels, selects } from '../model/selectors.ts';
import type { ProfileFacts } from './cluster-view.ts';
import { RouteIndex, routeIndexOf } from './route-index.ts';

const keysOf = (found: Iterable<ObjectKey>) => [...found].map(formatKey).sort();

/** The profiles with a route that is like this. */
function having(profiles: readonly ProfileFacts[], is: (route: Route) => boolean): readonly string[] {
  return profiles
    .filter(({ decoded }) => decoded.ok && decoded.value.spec.routes.some(is))
    .map(formatKey)
    .sort();
}

const everyProfile = neighbours.map(({ profiles }) =>
  profiles.map(({ key, routes }, index) =>
    index % 5 === 4 ? undecodable(profile(key)) : profile(key, { routes }),
  ),
);
const labels = fc.dictionary(fc.constantFrom('app', 'tier', 'team'), fc.constantFrom('web', 'api', 'mongo'));

function expectTheSame(index: RouteIndex, profiles: readonly ProfileFacts[], some: Labels): void {
  for (const name of ['shop', 'pay', 'audit', 'nowhere']) {
    expect(keysOf(index.fromName(name))).toEqual(
      having(profiles, ({ from }) => 'namespace' in from && from.namespace.name === name),
    );
    expect(keysOf(index.toName(name))).toEqual(
      having(profiles, ({ to }) => 'namespace' in to && to.namespace.name === name),
    );
  }
  expect(keysOf(index.fromSelected())).toEqual(
    having(profiles, ({ from }) => 'cluster' in from || 'anywhere' in from || isByLabels(from)),
  );
  expect(keysOf(index.fromAny())).toEqual(
    having(
      profiles,
      ({ from }) => 'cluster' in from || 'anywhere' in from || (isByLabels(from) && !isAsking(from)),
    ),
  );
  expect(keysOf(index.fromDeclared())).toEqual(
    having(
      profiles,
      ({ from }) => 'ingressController' in from || 'monitoring' in from || 'kubernetesAPI' in from,
    ),
  );
  expect(keysOf(index.toDeclared())).toEqual(
    having(profiles, ({ to }) => 'ingressController' in to || 'monitoring' in to),
  );
  expect(keysOf(index.undecoded())).toEqual(
    profiles
      .filter(({ decoded }) => !decoded.ok)
      .map(formatKey)
      .sort(),
  );
  // These are candidates: all that select the labels by one of them, and others that may.
  expect(keysOf(index.fromLabels(some))).toEqual(
    expect.arrayContaining([...having(profiles, ({ from }) => isAsking(from) && isSelecting(from, some))]),
  );
  expect(keysOf(index.toLabels(some))).toEqual(
    expect.arrayContaining([...having(profiles, ({ to }) => isSelecting(to, some))]),
  );
}

function isByLabels(end: Route['from']): boolean {
  return 'namespace' in end && end.namespace.selector !== undefined;
}

/** Whether it goes by labels that a namespace must have. */
function isAsking(end: Route['from']): boolean {
  return 'namespace' in end && Object.keys(end.namespace.selector?.matchLabels ?? {}).length > 0;
}

function isSelecting(end: Route['from'], some: Labels): boolean {
  return 'namespace' in end && end.namespace.selector !== undefined && selects(end.namespace.selector, some);
}

describe('the index of routes', () => {
  test('finds what looking at every route finds', () => {
    fc.assert(fc.property(everyProfile, labels, (all, some) => expectTheSame(routeIndexOf(all), all, some)));
  });

  test('finds the same after profiles came, changed and went, in whatever order', () => {
    fc.assert(
      fc.property(everyProfile, everyProfile, labels, (before, after, some) => {
        const index = new RouteIndex();
        const known = new Map<string, ProfileFacts>();
        const become = (key: string, next: ProfileFacts | undefined) => {
          index.change(known.get(key), next);
          if (next === undefined) known.delete(key);
          else known.set(key, next);
        };
        for (const each of before) become(formatKey(each), each);
        for (const each of after) become(formatKey(each), each);
        for (const key of [...known.keys()]) {
          if (!after.some((each) => formatKey(each) === key)) become(key, undefined);
        }
        expectTheSame(index, after, some);
      }),
      runs(100),
    );
  });

  test('finds a profile by one label of its selector, not by those of another', () => {
    const team = (value: string) =>
      profile(`${value}/a`, {
        routes: [
          {
            name: 'in',
            from: { namespace: { selector: { matchLabels: { team: value } } } },
            to: { app: 'web' },
          },
        ],
      });
    const index = routeIndexOf(['a', 'b', 'c'].map(team));
    expect(keysOf(index.fromLabels({ team: 'b', other: 'a' }))).toEqual(['b/a']);
  });

  test('is empty when every profile is gone', () => {
    fc.assert(
      fc.property(everyProfile, (all) => {
        const index = routeIndexOf(all);
        for (const each of all) index.change(each, undefined);
        expect(index).toEqual(new RouteIndex());
        expectTheSame(index, [], {});
      }),
      runs(100),
    );
  });
});
