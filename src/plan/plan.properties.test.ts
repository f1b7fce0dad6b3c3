// What holds of every plan, whatever there is and whatever is desired: the plan's changes are applied one by one to a
// simulated namespace, in any order within a phase, with crashes in between.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { platformOwner } from '../../test/fixtures.ts';
import { runs } from '../../test/property-runs.ts';
import { everyConnection, ports, SimulatedNamespace } from '../../test/simulated-namespace.ts';
import { type Direction, directions, fingerprint } from '../model/network-policy.ts';
import type { DesiredPolicy, Owner } from '../model/policies.ts';
import { denyNames, pauseName, secondName, transitionName } from '../model/policy-names.ts';
import { type LabelSelector, type Labels, selects, selectsEverything } from '../model/selectors.ts';
import { isolatedBy, type Plan, plan } from './plan.ts';
import { transitionPolicy } from './transition.ts';

const stale: Owner = { ...platformOwner, uid: 'uid-before-the-restore' };
const team: Owner = { kind: 'AppNetworkProfile', name: 'shop', uid: 'uid-of-team' };
const frozen: Owner = { kind: 'AppNetworkProfile', name: 'broken', uid: 'uid-of-broken' };

const podSelector = fc.constantFrom<LabelSelector>({}, { matchLabels: { app: 'web' } });
/** Of policies of somebody else: several of them may isolate all pods together. */
const foreignSelector = fc.constantFrom<LabelSelector>(
  {},
  { matchLabels: { app: 'web' } },
  { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] },
  { matchExpressions: [{ key: 'app', operator: 'In', values: ['mongo', 'web'] }] },
  { matchLabels: { app: 'web' }, matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] },
  { matchExpressions: [{ key: 'tier', operator: 'Exists' }] },
);
const somePorts = fc.subarray([...ports], { minLength: 1 });
const allowNames = ['ringfence-a', 'ringfence-b', 'ringfence-c'] as const;
const someDirections = fc.subarray([...directions], { minLength: 1 });

function policy(
  name: string,
  direction: Direction,
  owner: Owner,
  allowed: readonly number[],
  selector = {},
): DesiredPolicy {
  const [first, ...rest] = allowed.map((port) => ({ protocol: 'TCP', port }) as const);
  const rules = first && ([{ ports: [first, ...rest] }] as const);
  return {
    namespace: 'shop',
    name,
    owner,
    description: name,
    spec: {
      podSelector: selector,
      policyTypes: [direction],
      ...(rules && (direction === 'Ingress' ? { ingress: rules } : { egress: rules })),
    },
  };
}

/** Allow policies of one direction, of several owners. Names are of one direction, as the compiler makes them. */
function allowances(
  direction: Direction,
  owner: fc.Arbitrary<Owner>,
): fc.Arbitrary<readonly DesiredPolicy[]> {
  const one = fc.record({ name: fc.constantFrom(...allowNames), owner, ports: somePorts, podSelector });
  return fc
    .uniqueArray(one, { selector: ({ name }) => name, maxLength: 3 })
    .map((all) =>
      all.map((each) =>
        policy(
          `${each.name}-${direction.toLowerCase()}`,
          direction,
          each.owner,
          each.ports,
          each.podSelector,
        ),
      ),
    );
}

/** One direction as the compiler wants it: open, or denied with allowances. */
function wantedIn(direction: Direction): fc.Arbitrary<readonly DesiredPolicy[]> {
  const deny = policy(denyNames[direction], direction, platformOwner, []);
  const isolated = allowances(direction, fc.constantFrom(platformOwner, team)).map((all) => [deny, ...all]);
  return fc.oneof(fc.constant([]), isolated);
}

/** The policy of a pause, as the compiler makes it: for the directions in which these isolate. */
function pauseOf(policies: readonly DesiredPolicy[]): readonly DesiredPolicy[] {
  const [first, ...rest] = isolatedBy(policies);
  if (first === undefined) return [];
  const key = { namespace: 'shop', name: pauseName };
  return [transitionPolicy(key, [first, ...rest], platformOwner)];
}

/** One direction as it may be found: open, a ring that is good, drifted or restored, or only some allowances. */
function foundIn(direction: Direction): fc.Arbitrary<readonly DesiredPolicy[]> {
  const deny = fc
    .record({ owner: fc.constantFrom(platformOwner, stale), ports: fc.constantFrom([], [1]) })
    .map((each) => policy(denyNames[direction], direction, each.owner, each.ports));
  const some = allowances(direction, fc.constantFrom(platformOwner, team, stale, frozen));
  const moved = deny.map((each) => ({ ...each, name: secondName(each.name) }));
  return fc.oneof(
    fc.constant([]),
    fc.tuple(deny, some).map(([each, all]) => [each, ...all]),
    fc.tuple(moved, some).map(([each, all]) => [each, ...all]),
    some,
  );
}

const foreignNames = [...Object.values(denyNames), transitionName, 'ringfence-a-ingress', 'theirs'];

const scenario = fc.record({
  desired: fc.tuple(...directions.map(wantedIn)).map((all) => all.flat()),
  found: fc.tuple(...directions.map(foundIn)).map((all) => all.flat()),
  leftover: fc.option(
    fc.record({ directions: someDirections, owner: fc.constantFrom(platformOwner, stale) }),
    { nil: undefined, freq: 3 },
  ),
  foreign: fc.uniqueArray(
    fc.record({
      name: fc.constantFrom(...foreignNames),
      podSelector: foreignSelector,
      policyTypes: someDirections.map((all) => all as [Direction, ...Direction[]]),
    }),
    { selector: ({ name }) => name, maxLength: 3 },
  ),
  keptIsolated: fc.subarray([...directions]),
  /** Positions in the order of changes, round by round, and after how many changes the operator dies, if it does. */
  shuffle: fc.infiniteStream(fc.nat()),
  crashes: fc.array(fc.nat({ max: 6 }), { maxLength: 2 }),
});

type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

function setUp({
  found,
  leftover,
  foreign,
}: Pick<Scenario, 'found' | 'leftover' | 'foreign'>): SimulatedNamespace {
  const shop = new SimulatedNamespace();
  for (const { name, ...spec } of foreign) shop.createForeign(name, spec);
  const isTaken = (name: string) => foreign.some((policy) => policy.name === name);
  for (const each of found) if (!isTaken(each.name)) shop.create(each);
  if (leftover !== undefined) {
    const name = isTaken(transitionName) ? secondName(transitionName) : transitionName;
    shop.create(transitionPolicy({ namespace: 'shop', name }, leftover.directions, leftover.owner));
  }
  return shop;
}

function planFor(shop: SimulatedNamespace, { desired, keptIsolated }: Scenario): Plan {
  return plan({
    namespace: 'shop',
    desired,
    actual: shop.actual(),
    transitionOwner: platformOwner,
    keptIsolated,
    frozenOwners: new Set([frozen.uid]),
    frozenMirrors: [],
    unfrozen: [],
  });
}

/** Follows plans until one is empty, and looks after each change. Returns how many plans were made after the last crash. */
function follow(shop: SimulatedNamespace, given: Scenario, look: () => void): number {
  const crashes = [...given.crashes];
  let rounds = 0;
  for (let found = planFor(shop, given); found.phases.length > 0; found = planFor(shop, given)) {
    rounds += 1;
    if (rounds > 10) throw new Error('the plans do not come to an end');
    const crashAfter = crashes.shift() ?? Number.POSITIVE_INFINITY;
    if (applyUntil(crashAfter, found, { shop, given, look })) rounds = 0;
  }
  return rounds;
}

/** Applies a plan. Returns whether it was cut off after so many changes. */
function applyUntil(
  crashAfter: number,
  { phases }: Plan,
  { shop, given, look }: { shop: SimulatedNamespace; given: Scenario; look: () => void },
): boolean {
  let done = 0;
  for (const { changes } of phases) {
    const rest = [...changes];
    while (rest.length > 0) {
      if (done === crashAfter) return true;
      const [position = 0] = given.shuffle.take(1);
      for (const change of rest.splice(position % rest.length, 1)) shop.apply(change);
      done += 1;
      look();
    }
  }
  return false;
}

/** Whether a policy of ours other than the temporary ones isolates every pod in the direction. */
function isIsolated(shop: SimulatedNamespace, direction: Direction): boolean {
  return shop
    .actual()
    .owned.some(
      ({ name, isolates, podSelector: pods }) =>
        !name.startsWith(transitionName) && selectsEverything(pods) && isolates.includes(direction),
    );
}

function isOpen(shop: SimulatedNamespace, direction: Direction): boolean {
  const temporary = shop.actual().owned.filter(({ name }) => name.startsWith(transitionName));
  return temporary.some(({ isolates }) => isolates.includes(direction));
}

describe('following plans', () => {
  test('ends within 3 rounds at exactly what is desired, and leaves everything else alone', () => {
    fc.assert(
      fc.property(scenario, (given) => {
        const shop = setUp(given);
        const before = { foreign: shop.foreign, frozen: ownedBy(shop, frozen) };
        expect(follow(shop, given, () => {})).toBeLessThanOrEqual(3);
        expect({ foreign: shop.foreign, frozen: ownedBy(shop, frozen) }).toEqual(before);
        const frozenNames = new Set(before.frozen.map(({ name }) => name));
        const taken = new Set(given.foreign.map(({ name }) => name));
        const wanted = given.desired
          .map((each) => ({ ...each, name: taken.has(each.name) ? secondName(each.name) : each.name }))
          .filter(({ name }) => !frozenNames.has(name))
          .map((each) => [each.name, fingerprint(each.spec), each.owner.uid])
          .sort();
        const there = shop
          .actual()
          .owned.filter(({ ownerUid }) => ownerUid !== frozen.uid)
          .map(({ name, fingerprint: print, ownerUid }) => [name, print, ownerUid])
          .sort();
        expect(there).toEqual(wanted);
      }),
      runs(250),
    );
  });

  test('never cuts a connection that is let through before and after a direction changes', () => {
    fc.assert(
      fc.property(scenario, (given) => {
        const shop = setUp(given);
        const end = setUp(given);
        follow(end, given, () => {});
        const changing = directions.filter(
          (direction) =>
            !isGuarded(given, direction) &&
            ((!isIsolated(shop, direction) && !given.keptIsolated.includes(direction)) ||
              !isIsolated(end, direction)),
        );
        const kept = changing.map((direction) => ({
          direction,
          connections: common(shop.connections(direction), end.connections(direction)),
        }));
        follow(shop, given, () => {
          for (const { direction, connections } of kept) {
            expect([...shop.connections(direction)]).toEqual(expect.arrayContaining(connections));
          }
        });
      }),
      runs(250),
    );
  });

  test('never cuts a connection in a direction that is paused or open before and after, whatever the rest becomes', () => {
    const found = fc.tuple(...directions.map(wantedIn));
    fc.assert(
      fc.property(scenario, found, (given, before) => {
        const ringed = before.flat();
        const [old, next] = [ringed, given.desired].map((each) => [...each, ...pauseOf(each)]);
        const paused = { ...given, desired: next ?? [], found: old ?? [], foreign: [], leftover: undefined };
        const shop = setUp(paused);
        follow(shop, paused, () => {
          for (const direction of directions)
            expect(shop.connections(direction)).toEqual(everyConnection(direction));
        });
      }),
      runs(250),
    );
  });

  test('never isolates a direction that was open without all of its allowances or the temporary policy', () => {
    fc.assert(
      fc.property(scenario, (given) => {
        const shop = setUp(given);
        const opened = directions.filter(
          (direction) =>
            !isIsolated(shop, direction) &&
            // Policies that each select some pods may isolate all of them together: then there is nothing to open.
            everyPod.some((pod) => !shop.isolates(direction, pod)) &&
            !given.keptIsolated.includes(direction) &&
            !isGuarded(given, direction),
        );
        follow(shop, given, () => {
          for (const direction of opened.filter((each) => isIsolated(shop, each))) {
            expect(isOpen(shop, direction) || hasAll(shop, given, direction)).toBe(true);
          }
        });
      }),
      runs(250),
    );
  });

  test('never lets through what is let through neither before nor after', () => {
    fc.assert(
      fc.property(scenario, (given) => {
        fc.pre(given.leftover === undefined);
        const shop = setUp(given);
        const end = setUp(given);
        follow(end, given, () => {});
        const closed = directions.flatMap((direction) => {
          const before = shop.connections(direction);
          const after = end.connections(direction);
          return [...everyConnection(direction)]
            .filter((connection) => !before.has(connection) && !after.has(connection))
            .map((connection) => ({ direction, connection }));
        });
        follow(shop, given, () => {
          for (const { direction, connection } of closed) {
            expect(shop.connections(direction)).not.toContain(connection);
          }
        });
      }),
      runs(250),
    );
  });

  test('opens all pods that change between open and isolated, and none that is isolated before and after', () => {
    fc.assert(
      fc.property(scenario, (given) => {
        fc.pre(given.leftover === undefined && given.keptIsolated.length === 0);
        const shop = setUp(given);
        const end = setUp(given);
        follow(end, given, () => {});
        const found = planFor(shop, given);
        for (const direction of directions) {
          for (const pod of everyPod) {
            const both = [shop, end].map((each) => each.isolates(direction, pod));
            // Pods that nothing isolates, before or after, may be opened: that changes nothing.
            if (both.includes(true)) expect(opens(found, direction, pod)).toBe(both.includes(false));
          }
        }
      }),
      runs(250),
    );
  });

  test('goes on after a deleted policy that waited for a finalizer is gone', () => {
    fc.assert(
      fc.property(scenario, fc.constantFrom(...directions), (given, direction) => {
        const shop = setUp({ ...given, found: [] });
        const dying = policy(denyNames[direction], direction, platformOwner, []);
        fc.pre(given.foreign.every(({ name }) => name !== dying.name));
        shop.create(dying, true);
        follow(shop, given, () => expect(shop.owned(dying.name)).toMatchObject({ beingDeleted: true }));
        shop.finishDeletions();
        follow(shop, given, () => {});
        expect(hasAll(shop, given, direction)).toBe(true);
      }),
      runs(250),
    );
  });

  test('is covered by another temporary policy if one is being deleted, whenever that is gone', () => {
    fc.assert(
      fc.property(scenario, fc.nat({ max: 4 }), (given, goneAfter) => {
        fc.pre(given.foreign.length === 0);
        const shop = setUp({ found: [], leftover: undefined, foreign: [] });
        shop.create(
          transitionPolicy({ namespace: 'shop', name: transitionName }, directions, platformOwner),
          true,
        );
        let changes = 0;
        follow(shop, { ...given, keptIsolated: [], crashes: [] }, () => {
          changes += 1;
          if (changes === goneAfter) shop.finishDeletions();
          for (const direction of isolatedBy(given.desired)) {
            expect(
              !isIsolated(shop, direction) || isOpen(shop, direction) || hasAll(shop, given, direction),
            ).toBe(true);
          }
        });
      }),
      runs(250),
    );
  });
});

describe('a plan', () => {
  test('is the same whatever the order of what is desired and of what is found', () => {
    fc.assert(
      fc.property(scenario, (given) => {
        const shop = setUp(given);
        const input = {
          namespace: 'shop',
          transitionOwner: platformOwner,
          keptIsolated: given.keptIsolated,
          frozenOwners: new Set([frozen.uid]),
          frozenMirrors: [],
          unfrozen: [],
        };
        expect(plan({ ...input, desired: given.desired.toReversed(), actual: shop.actual(true) })).toEqual(
          plan({ ...input, desired: given.desired, actual: shop.actual() }),
        );
      }),
      runs(250),
    );
  });

  test('has its phases in order, closes alone or last, and opens nothing that is held closed or guarded', () => {
    const order = ['open', 'deny', 'allow', 'prune', 'close'];
    fc.assert(
      fc.property(scenario, (given) => {
        const { phases } = planFor(setUp({ ...given, leftover: undefined }), given);
        const purposes = phases.map(({ purpose }) => order.indexOf(purpose));
        expect(purposes).toEqual([...purposes].sort());
        const [open] = phases.filter(({ purpose }) => purpose === 'open');
        for (const change of open?.changes ?? []) {
          const covered = change.action === 'delete' ? [] : change.policy.spec.policyTypes;
          for (const direction of covered) {
            expect(isGuarded(given, direction)).toBe(false);
            const isClosing = isolatedBy(given.desired).includes(direction);
            expect(isClosing && given.keptIsolated.includes(direction)).toBe(false);
          }
        }
      }),
      runs(250),
    );
  });
});

/** Whether a plan opens a pod in a direction. */
function opens({ phases }: Plan, direction: Direction, pod: Labels): boolean {
  const changes = phases.flatMap((phase) => (phase.purpose === 'open' ? phase.changes : []));
  return changes.some((change) => {
    if (change.action === 'delete') return false;
    const { policyTypes, podSelector: pods } = change.policy.spec;
    return policyTypes.includes(direction) && selects(pods, pod);
  });
}

function ownedBy(shop: SimulatedNamespace, owner: Owner) {
  return shop.actual().owned.filter(({ ownerUid }) => ownerUid === owner.uid);
}

/** Pods with all labels that selectors here can tell apart. */
const everyPod = [undefined, 'web', 'mongo', 'other'].flatMap((app) =>
  [undefined, 'back'].map((tier) => ({ ...(app && { app }), ...(tier && { tier }) })),
);

/** Whether policies of somebody else isolate every pod in the direction, together. */
function isGuarded({ foreign }: Scenario, direction: Direction): boolean {
  const isolating = foreign.filter(({ policyTypes }) => policyTypes.includes(direction));
  return everyPod.every((pod) => isolating.some(({ podSelector: pods }) => selects(pods, pod)));
}

/** Whether everything that is desired in the direction is there, except for what is frozen. */
function hasAll(shop: SimulatedNamespace, { desired, foreign }: Scenario, direction: Direction): boolean {
  const taken = foreign.map(({ name }) => name);
  return desired
    .filter(({ spec }) => spec.policyTypes.includes(direction))
    .every(({ name, spec }) => {
      const found = shop.owned(taken.includes(name) ? secondName(name) : name);
      return found?.ownerUid === frozen.uid || found?.fingerprint === fingerprint(spec);
    });
}

function common(one: ReadonlySet<string>, other: ReadonlySet<string>): string[] {
  return [...one].filter((connection) => other.has(connection));
}
