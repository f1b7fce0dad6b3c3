import { describe, expect, test } from '@jest/globals';
import { allowing, denying, ownedBy, written } from '../../test/fixtures.ts';
import type { OwnedPolicy, Owner } from '../model/policies.ts';
import { denyNames, transitionName } from '../model/policy-names.ts';
import { planLeftovers } from './leftovers.ts';
import { transitionPolicy } from './transition.ts';

const team: Owner = { kind: 'AppNetworkProfile', name: 'shop', uid: 'uid-of-team' };
const web = ownedBy(team.uid, written(allowing('ringfence-shop-web', 'Ingress', 80)));
const mongo = ownedBy(team.uid, written(allowing('ringfence-shop-mongo', 'Ingress', 27017)));
const deny = written(denying(denyNames.Ingress, 'Ingress'));
const opening = written(transitionPolicy({ namespace: 'shop', name: transitionName }, ['Ingress'], team));

/** The plan in a few words; `undefined` where there is none. */
function told(...owned: readonly OwnedPolicy[]): readonly string[] | undefined {
  return planLeftovers('shop', { owned, foreign: [] }, [team])?.phases.flatMap(({ purpose, changes }) =>
    changes.map((change) => {
      const { name } = change.action === 'delete' ? change.key : change.policy;
      return `${purpose}: ${change.action} ${name}`;
    }),
  );
}

describe('the policies of a team whose ring is gone', () => {
  test('go, under a temporary policy of the team: each of them is a deny of its own', () => {
    expect(told(mongo, web)).toEqual([
      `open: create ${transitionName}`,
      'prune: delete ringfence-shop-mongo',
      'prune: delete ringfence-shop-web',
    ]);
    const [open] = planLeftovers('shop', { owned: [web], foreign: [] }, [team])?.phases ?? [];
    expect(open?.changes).toMatchObject([
      { action: 'create', policy: expect.objectContaining({ owner: team, spec: expect.anything() }) },
    ]);
  });

  test('go on going after a crash half-way, and the temporary policy last', () => {
    expect(told(web, opening)).toEqual([
      'prune: delete ringfence-shop-web',
      `close: delete ${transitionName}`,
    ]);
    expect(told(opening)).toEqual([`close: delete ${transitionName}`]);
  });

  test('stay while anything of the ring is there: garbage collection is not done, or is not meant to be', () => {
    expect(told(deny, web)).toBeUndefined();
    expect(told(ownedBy('', deny), web)).toBeUndefined();
  });

  test('are none where there are none', () => {
    expect(told()).toBeUndefined();
  });
});
