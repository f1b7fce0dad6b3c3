import { describe, expect, test } from '@jest/globals';
import { profile } from '../../test/fixtures.ts';
import type { CompiledRoute } from '../compile/across/route-states.ts';
import { countRoutes } from './route-counts.ts';

const route = (state: CompiledRoute['state'], reason: CompiledRoute['reason']): CompiledRoute => ({
  route: { name: 'web', from: { app: 'web' }, to: { app: 'mongo' } },
  state,
  reason,
  message: 'so',
  allowRules: [],
});
const compiled = (...routes: readonly CompiledRoute[]) => ({
  profile: profile('shop/team'),
  routes,
  policies: [],
  withheld: [],
});

describe('the tally of routes', () => {
  test('counts routes of the same state over all profiles of a namespace', () => {
    const first = compiled(route('Active', 'Active'), route('Rejected', 'ServicePortMissing'));
    const second = compiled(route('Active', 'Active'), route('Pending', 'ServiceMissing'));
    expect(countRoutes([first, second])).toEqual([
      { state: 'Active', reason: 'Active', count: 2 },
      { state: 'Rejected', reason: 'ServicePortMissing', count: 1 },
      { state: 'Pending', reason: 'ServiceMissing', count: 1 },
    ]);
  });

  test('keeps apart routes that are in force, with a remark or without', () => {
    expect(countRoutes([compiled(route('Active', 'Active'), route('Active', 'SourceClosed'))])).toEqual([
      { state: 'Active', reason: 'Active', count: 1 },
      { state: 'Active', reason: 'SourceClosed', count: 1 },
    ]);
  });

  test('is empty if there are no routes', () => {
    expect(countRoutes([compiled()])).toEqual([]);
  });
});
