import { expect, test } from '@jest/globals';
import { profile } from '../../../test/fixtures.ts';
import { maxRoutes } from '../../api/app-network-profile.ts';
import { fittingProfile } from './fitting-profile.ts';

const route = { name: 'r', from: { app: 'a' }, to: { app: 'b' } };
const other = { name: 'r', from: { app: 'c' }, to: { app: 'd' } };

test('a route is added to the profile with its ends, or to the first by name, if there is room', () => {
  const [first, second] = [profile('shop/a', { routes: [other] }), profile('shop/b', { routes: [route] })];
  const nameOf = (...profiles: Parameters<typeof fittingProfile>[0]) =>
    fittingProfile(profiles, [route])?.profile.name;
  expect(nameOf(first, second)).toBe('b');
  expect(nameOf(second, profile('shop/a', { routes: [{ ...other, to: { app: 'b' } }] }))).toBe('b');
  expect(nameOf(profile('shop/z', {}), profile('shop/y', {}))).toBe('y');
  expect(nameOf(first, { ...second, terminating: true })).toBe('a');
  const full = { routes: Array.from({ length: maxRoutes }, (_, index) => ({ ...route, name: `r${index}` })) };
  expect(nameOf(first, profile('shop/b', full))).toBe('a');
  expect(nameOf(profile('shop/b', full))).toBeUndefined();
});

test('added routes have names that no other route has', () => {
  const taken = profile('shop/a', { routes: [other, { ...other, name: 'r-2' }] });
  const names = fittingProfile([taken], [route, route])?.added.map(({ name }) => name);
  expect(names).toEqual(['r-3', 'r-4']);
});
