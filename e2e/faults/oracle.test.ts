// The oracle of the fault suite distinguishes right from wrong: it finds each fault that it looks for.
import { describe, expect, test } from '@jest/globals';
import type { StoredPolicy } from '../cluster.ts';
import { broken, connectionsOf, everOther, otherThanDeclared } from './connections.ts';
import { disorder, type Stored } from './invariants.ts';

const managed = { 'app.kubernetes.io/managed-by': 'ringfence' };
const uids = { platform: 'uid-of-the-platform' };

function policy(name: string, spec: StoredPolicy['spec'], owner = uids.platform): StoredPolicy {
  const [uid, resourceVersion] = [name, '1'];
  const ownerReferences = [{ uid: owner, name: 'default' }];
  return {
    metadata: { namespace: 'shop', name, uid, resourceVersion, labels: managed, ownerReferences },
    spec,
  };
}

const deny = policy('ringfence-default-deny-ingress', { podSelector: {}, policyTypes: ['Ingress'] });
const allow = policy('ringfence-team-mongo', {
  podSelector: { matchLabels: { 'app.kubernetes.io/name': 'mongo' } },
  policyTypes: ['Ingress'],
  ingress: [
    {
      from: [{ podSelector: { matchLabels: { 'app.kubernetes.io/name': 'web' } } }],
      ports: [{ port: 27017 }],
    },
  ],
});

/** A record in which the namespace has had these sets of policies, one after the other. */
const record = (...sets: readonly (readonly StoredPolicy[])[]) => ({
  states: sets.map((policies, at) => ({
    ...{ at, change: `step ${at}`, namespace: 'shop' },
    policies: new Map(policies.map((each) => [`shop/${each.metadata.name}`, each])),
  })),
});
const judged = (...sets: readonly (readonly StoredPolicy[])[]) =>
  broken(record(...sets), { since: 0, namespaces: ['shop'] });

describe('on the way', () => {
  const cut =
    'shop/web -> shop/mongo 27017/TCP was cut after step 1; there were [ringfence-default-deny-ingress]';

  test('a connection that is open before and after, and was cut, is reported', () => {
    expect(judged([deny, allow], [deny], [deny, allow])).toEqual([cut]);
    expect(judged([], [deny], [deny, allow])).toEqual([cut]);
  });

  test('one that is closed before and after, and was open, is reported', () => {
    const opened = judged([deny], [], [deny]);
    expect(opened).toContain('elsewhere/stranger -> shop/web 1/TCP was open after step 1; there were []');
    expect(opened).toContain('93.184.216.34 -> shop/mongo 27017/TCP was open after step 1; there were []');
  });

  test('a connection that differs before and after may change at any time', () => {
    expect(judged([deny], [deny, allow])).toEqual([]);
    expect(judged([deny, allow], [deny], [deny])).toEqual([]);
    expect(judged([], [], [deny])).toEqual([]);
  });

  test('a connection that must always be open, or closed, is checked in every state', () => {
    const way = connectionsOf(['shop']).filter(({ name }) => name === 'shop/web -> shop/mongo 27017/TCP');
    expect(everOther(record([deny, allow], [deny]), 0, way, true)).toEqual([cut]);
    expect(everOther(record([deny], [deny]), 0, way, false)).toEqual([]);
  });

  test('the declared connections of a team are checked with the name of its namespace', () => {
    const told = otherThanDeclared(record([]), 0, 'shop');
    expect(told.map((text) => text.slice(0, text.indexOf(' was '))).sort()).toEqual([
      '93.184.216.34 -> shop/web 8080/TCP',
      'elsewhere/stranger -> shop/web 8080/TCP',
      'monitoring/prometheus -> shop/web 8080/TCP',
      'shop/job -> shop/mongo 27017/TCP',
    ]);
  });
});

describe('at the end', () => {
  const condition = { type: 'Ready', status: 'True', reason: 'Enforced', message: '', observedGeneration: 2 };
  const platform = {
    metadata: { name: 'default', uid: uids.platform, generation: 2 },
    status: { observedGeneration: 2, counts: { policies: 1 }, failing: [], conditions: [condition] },
  };
  const right: Stored = { policies: [deny], profiles: [], platform };

  test('nothing is reported if all is in order', () => {
    expect(disorder(right)).toEqual([]);
    expect(disorder({ policies: [], profiles: [], platform: undefined })).toEqual([]);
  });

  const left = policy('ringfence-transition', { podSelector: {}, policyTypes: ['Egress'] });
  const cases: readonly (readonly [string, Stored])[] = [
    [
      'is owned by a profile that is gone',
      { ...right, policies: [policy('ringfence-x', deny.spec, 'gone')] },
    ],
    ['ringfence-transition is left', { ...right, policies: [left] }],
    ['counts 1 policies of 2', { ...right, policies: [deny, allow] }],
    [
      'the status of shop/team is of generation undefined, not 1',
      { ...right, profiles: [{ metadata: { namespace: 'shop', name: 'team', uid: 'team', generation: 1 } }] },
    ],
    [
      'is of generation 2, not 3',
      { ...right, platform: { ...platform, metadata: { ...platform.metadata, generation: 3 } } },
    ],
    [
      'the platform is not Ready',
      {
        ...right,
        platform: {
          ...platform,
          status: { ...platform.status, conditions: [{ ...condition, status: 'False' }] },
        },
      },
    ],
    [
      'these fail',
      {
        ...right,
        platform: { ...platform, status: { ...platform.status, failing: [{ namespace: 'shop' }] } },
      },
    ],
  ];

  test.each(cases)('%s', (told, stored) => {
    expect(disorder(stored).join('; ')).toContain(told);
  });
});
