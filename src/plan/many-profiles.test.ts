// 5,000 profiles in one namespace, good ones and bad ones: what is written, what each is reported, and that it is all there is to do.
import { expect, test } from '@jest/globals';
import { platformOwner, profile, service, shopView, written } from '../../test/fixtures.ts';
import { compile } from '../compile/compile.ts';
import { desiredState, plan } from './plan.ts';
import { profileStatus } from './profile-status.ts';

const good = { name: 'good', from: { app: 'web' }, to: { service: 'mongo' }, ports: [27017] };
const wrongPort = { name: 'wrong-port', from: { app: 'web' }, to: { service: 'mongo' }, ports: [9] };
const tooSoon = { name: 'too-soon', from: { app: 'web' }, to: { service: 'none-yet' } };
const beside = [[], [wrongPort], [tooSoon]] as const;

test('5,000 profiles: the good routes are written, each profile gets its own status, and then there is nothing to do', () => {
  const profiles = Array.from({ length: 5_000 }, (_, index) =>
    profile(`shop/team-${index}`, { routes: [good, ...(beside[index % beside.length] ?? [])] }),
  );
  const objects = [service('shop/mongo', [{ port: 27017 }])];
  const [shop] = compile(shopView({ profiles, objects })).namespaces;
  if (shop === undefined) throw new Error('the shop is not compiled');
  expect(new Set(shop.policies.map(({ name }) => name)).size).toBe(5_001);
  const given = {
    namespace: 'shop',
    ...desiredState(shop),
    transitionOwner: platformOwner,
    keptIsolated: [],
  };
  const { phases } = plan({ ...given, actual: { owned: [], foreign: [] } });
  expect(phases.map(({ purpose, changes }) => `${purpose}: ${changes.length}`)).toEqual([
    'open: 1',
    'deny: 1',
    'allow: 5000',
  ]);
  const owned = shop.policies.map((policy) => written(policy));
  expect(plan({ ...given, actual: { owned, foreign: [] } }).phases).toEqual([]);

  const statuses = shop.profiles.map((mine) =>
    profileStatus({
      profile: mine.profile,
      compiled: shop,
      compiledProfile: mine,
      previous: {},
      writing: { owned: mine.policies.length, isIncomplete: false },
      now: '2026-01-02T15:04:05Z',
    }),
  );
  const told = Map.groupBy(statuses, ({ policies, routes = [], conditions = [] }) => {
    const ready = conditions.find(({ type }) => type === 'Ready');
    return `${routes.map(({ state, reason }) => `${state} ${reason}`).join(', ')}: ${policies}, ${ready?.status}`;
  });
  expect(Object.fromEntries([...told].map(([what, some]) => [what, some.length]))).toEqual({
    'Active Active: 1, True': 1_667,
    'Active Active, Rejected ServicePortMissing: 1, False': 1_667,
    'Active Active, Pending ServiceMissing: 1, True': 1_666,
  });
});
