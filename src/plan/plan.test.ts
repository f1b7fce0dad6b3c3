import { describe, expect, test } from '@jest/globals';
import {
  allowing,
  beingDeleted,
  denying,
  edited,
  foreign,
  ownedBy,
  platformOwner,
  written,
} from '../../test/fixtures.ts';
import type { Direction, Peer } from '../model/network-policy.ts';
import type {
  DesiredPolicy,
  ForeignPolicy,
  OwnedPolicy,
  StoredContent,
  StoredRule,
} from '../model/policies.ts';
import {
  denyNames,
  monitoringName,
  pauseName,
  secondName,
  transitionName,
  transitionNameFor,
} from '../model/policy-names.ts';
import { type LabelSelector, selects } from '../model/selectors.ts';
import type { PolicyChange } from './changes.ts';
import { contentsNeeded } from './frozen.ts';
import { ownersToWrite, type Plan, type PlanInput, plan } from './plan.ts';
import { transitionPolicy } from './transition.ts';

interface Given {
  readonly desired?: readonly DesiredPolicy[];
  readonly dryRunPolicies?: readonly DesiredPolicy[];
  readonly owned?: readonly OwnedPolicy[];
  readonly foreign?: readonly ForeignPolicy[];
  readonly keptIsolated?: PlanInput['keptIsolated'];
  readonly frozen?: readonly string[];
  readonly frozenMirrors?: readonly string[];
  readonly unfrozen?: PlanInput['unfrozen'];
  readonly contents?: PlanInput['contents'];
  readonly forbidden?: PlanInput['forbidden'];
  readonly keepsAll?: boolean;
}

/** The plan for the namespace `shop`. */
function planned(given: Given): Plan {
  const { desired = [], owned = [], foreign = [], keptIsolated = [] } = given;
  const { frozen = [], frozenMirrors = [], unfrozen = [] } = given;
  return plan({
    namespace: 'shop',
    desired,
    ...(given.dryRunPolicies === undefined ? {} : { dryRunPolicies: given.dryRunPolicies }),
    actual: { owned, foreign },
    transitionOwner: platformOwner,
    keptIsolated,
    frozenOwners: new Set(frozen),
    frozenMirrors: frozenMirrors.map((place) => ({ namespace: place, name: 'broken' })),
    contents: given.contents,
    forbidden: given.forbidden,
    keepsAll: given.keepsAll ?? false,
    unfrozen,
  });
}

/** The plan in a few words: `deny: create ringfence-default-deny-ingress`. */
function told(found: Plan): readonly string[] {
  return found.phases.flatMap(({ purpose, changes }) =>
    changes.map((change) => `${purpose}: ${change.action} ${keyOf(change).name}`),
  );
}

/** The findings about names that somebody else's policies have. */
function takenNames({ findings }: Plan): Plan['findings'] {
  return findings.filter(({ code }) => code === 'NameTaken');
}

/** The policy, of some pods only. */
function selecting(podSelector: LabelSelector, policy: DesiredPolicy): DesiredPolicy {
  return { ...policy, spec: { ...policy.spec, podSelector } };
}

function keyOf(change: PolicyChange) {
  return change.action === 'delete' ? change.key : change.policy;
}

/** A temporary policy as it is seen after it was written. */
function transition(...directions: readonly Direction[]): OwnedPolicy {
  return written(transitionPolicy({ namespace: 'shop', name: transitionName }, directions, platformOwner));
}

const deny = denying(denyNames.Ingress, 'Ingress');
const denyEgress = denying(denyNames.Egress, 'Egress');
const monitoring = allowing(monitoringName, 'Ingress', 9090);
const dns = allowing('ringfence-dns', 'Egress', 53);
const ring = [deny, monitoring];
const web = { matchLabels: { app: 'web' } };
const ofWeb = selecting(web, allowing('ringfence-web', 'Ingress', 80));
const denyAll = { podSelector: {}, policyTypes: ['Ingress'] } as const;
const allButWeb = { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] } as const;

const opened: DesiredPolicy = {
  ...deny,
  name: pauseName,
  spec: { podSelector: {}, policyTypes: ['Ingress'], ingress: [{}] },
};

describe('the policy of a pause', () => {
  const isolated = [...ring.map((policy) => written(policy))];

  test('is the only change in a ring, when it begins and when it ends', () => {
    expect(told(planned({ desired: [...ring, opened], owned: isolated }))).toEqual([
      `pause: create ${pauseName}`,
    ]);
    expect(told(planned({ desired: ring, owned: [...isolated, written(opened)] }))).toEqual([
      `prune: delete ${pauseName}`,
    ]);
  });

  test('comes before all else: a write that is refused later does not delay it', () => {
    expect(told(planned({ desired: [...ring, opened] }))[0]).toBe(`pause: create ${pauseName}`);
    expect(told(planned({ desired: [...ring, opened], keptIsolated: ['Ingress'] }))[0]).toBe(
      `pause: create ${pauseName}`,
    );
    expect(
      told(planned({ desired: [...ring, opened], owned: [...isolated, edited(written(opened))] })),
    ).toEqual([`pause: replace ${pauseName}`]);
  });

  test('under its second name, too', () => {
    const taken = foreign(pauseName);
    const second = { ...opened, name: secondName(pauseName) };
    expect(told(planned({ desired: [...ring, opened], owned: isolated, foreign: [taken] }))).toEqual([
      `pause: create ${second.name}`,
    ]);
    const owned = [...isolated, written(second)];
    expect(told(planned({ desired: ring, owned, foreign: [taken] }))).toEqual([
      `prune: delete ${second.name}`,
    ]);
  });

  test('loses a direction when nothing denies there any more, and gains one before all else', () => {
    const both: DesiredPolicy = {
      ...opened,
      spec: {
        podSelector: {},
        policyTypes: ['Ingress', 'Egress'],
        ingress: [{}],
        egress: [{}],
      },
    };
    const fenced = [...isolated, written(denyEgress), written(dns), written(both)];
    expect(told(planned({ desired: [...ring, opened], owned: fenced }))).toEqual([
      `open: create ${transitionName}`,
      `prune: delete ${denyNames.Egress}`,
      `prune: delete ${dns.name}`,
      `prune: replace ${pauseName}`,
    ]);
    expect(
      told(
        planned({ desired: [...ring, denyEgress, dns, both], owned: [...isolated, written(opened)] }),
      ).slice(0, 2),
    ).toEqual([`pause: replace ${pauseName}`, `open: create ${transitionName}`]);
  });

  test('has both directions for a moment, where it gains one and loses the other', () => {
    const fromThem: DesiredPolicy = {
      ...opened,
      spec: { podSelector: {}, policyTypes: ['Egress'], egress: [{}] },
    };
    const { phases } = planned({
      desired: [...ring, denyEgress, opened],
      owned: [...isolated, written(denyEgress), written(fromThem)],
    });
    expect(phases.map(({ purpose }) => purpose)).toEqual(['pause']);
    expect(phases[0]?.changes).toMatchObject([
      {
        action: 'replace',
        policy: { spec: { policyTypes: ['Ingress', 'Egress'], ingress: [{}], egress: [{}] } },
      },
    ]);
  });

  test('isolates nothing: if it is there without the ring, the namespace is closed by phases when it ends', () => {
    expect(told(planned({ desired: ring, owned: [written(opened)] }))).toEqual([
      `open: create ${transitionName}`,
      `deny: create ${denyNames.Ingress}`,
      `allow: create ${monitoringName}`,
      `prune: delete ${pauseName}`,
    ]);
  });

  test('goes although nothing is pruned, because the platform profile can not be read', () => {
    const owned = [...isolated, written(allowing('ringfence-old', 'Ingress', 80)), written(opened)];
    expect(told(planned({ desired: ring, owned, keepsAll: true }))).toEqual([`prune: delete ${pauseName}`]);
  });

  test('goes although everything of its owner stays, because no profile of a system namespace can be read', () => {
    const owned = [...isolated, written(opened)];
    expect(told(planned({ owned, frozen: [platformOwner.uid] }))).toEqual([`prune: delete ${pauseName}`]);
    const names = contentsNeeded(owned, [], {
      frozenOwners: new Set([platformOwner.uid]),
      frozenMirrors: [],
      unfrozen: [],
      forbidden: () => new Set(),
    }).map(({ name }) => name);
    expect(names).toEqual(ring.map(({ name }) => name));
  });
});

describe('a plan', () => {
  test('is empty if everything is as it should be', () => {
    expect(planned({ desired: ring, owned: ring.map((policy) => written(policy)) })).toEqual({
      phases: [],
      findings: [],
      transient: [],
    });
    expect(planned({})).toEqual({
      phases: [],
      findings: [],
      transient: [],
    });
  });

  test('is empty if only a description differs', () => {
    const owned = [written({ ...deny, description: 'as an older version said it' })];
    expect(told(planned({ desired: [deny], owned }))).toEqual([]);
  });

  test('writes a drifted policy back, on the state that it was seen in', () => {
    const { phases } = planned({ desired: ring, owned: [written(deny), edited(written(monitoring))] });
    expect(phases).toMatchObject([
      { purpose: 'allow', changes: [{ action: 'replace', policy: monitoring, resourceVersion: '2' }] },
    ]);
  });

  test('deletes just the object that it was decided on', () => {
    const { phases } = planned({ desired: [deny], owned: ring.map((policy) => written(policy, '7')) });
    expect(phases).toEqual([
      {
        purpose: 'prune',
        changes: [
          {
            action: 'delete',
            key: { namespace: 'shop', name: monitoringName },
            uid: `uid-of-shop-${monitoringName}`,
            resourceVersion: '7',
          },
        ],
      },
    ]);
  });

  test('writes what is called otherwise now before the old names go, with nothing opened', () => {
    const old = [ofWeb, { ...monitoring, name: 'ringfence-shop-0123456789' }].map((policy) =>
      written(policy),
    );
    const renamed = [
      { ...ofWeb, name: 'ringfence-web-0123456789abcdef' },
      { ...monitoring, name: 'ringfence-shop-0123456789abcdef' },
    ];
    expect(told(planned({ desired: [deny, ...renamed], owned: [written(deny), ...old] }))).toEqual([
      'allow: create ringfence-shop-0123456789abcdef',
      'allow: create ringfence-web-0123456789abcdef',
      'prune: delete ringfence-shop-0123456789',
      'prune: delete ringfence-web',
    ]);
  });

  test('fails if two policies would have one name, instead of writing one over the other', () => {
    const twins = [monitoring, selecting({ matchLabels: { app: 'web' } }, monitoring)];
    expect(() => planned({ desired: [deny, ...twins] })).toThrow(
      `two objects of one kind are called \`shop/${monitoringName}\``,
    );
    // One of them may come to that by a name that somebody else has.
    const second = { ...monitoring, name: secondName(deny.name) };
    expect(() => planned({ desired: [deny, second], foreign: [foreign(deny.name)] })).toThrow(
      secondName(deny.name),
    );
  });

  test('writes before it prunes within an isolated direction', () => {
    const old = written(allowing('ringfence-old', 'Ingress', 80));
    expect(told(planned({ desired: ring, owned: [written(deny), old] }))).toEqual([
      `allow: create ${monitoringName}`,
      'prune: delete ringfence-old',
    ]);
  });
});

describe('closing a live namespace', () => {
  test('opens before it denies, denies before it allows, and does not close in the same plan', () => {
    expect(told(planned({ desired: ring }))).toEqual([
      `open: create ${transitionName}`,
      `deny: create ${denyNames.Ingress}`,
      `allow: create ${monitoringName}`,
    ]);
  });

  test('closes alone, in the plan that is made from seeing everything written', () => {
    const owned = [...ring.map((policy) => written(policy)), transition('Ingress')];
    expect(told(planned({ desired: ring, owned }))).toEqual([`close: delete ${transitionName}`]);
  });

  test('opens in no other direction than the one that changes', () => {
    const [open] = planned({ desired: ring }).phases;
    expect(open?.changes).toMatchObject([
      {
        action: 'create',
        policy: expect.objectContaining({
          owner: platformOwner,
          spec: { podSelector: {}, policyTypes: ['Ingress'], ingress: [{}] },
        }),
      },
    ]);
    const [both] = planned({ desired: [deny, denyEgress] }).phases;
    expect(both?.changes[0]).toMatchObject({
      policy: {
        spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [{}], egress: [{}] },
      },
    });
    const [second] = planned({
      desired: [...ring, denyEgress, dns],
      owned: ring.map((policy) => written(policy)),
    }).phases;
    expect(second?.changes[0]).toMatchObject({ policy: { spec: { policyTypes: ['Egress'] } } });
  });

  test('continues after a crash from what is seen: the rest is written, then it closes', () => {
    expect(told(planned({ desired: ring, owned: [transition('Ingress')] }))).toEqual([
      `deny: create ${denyNames.Ingress}`,
      `allow: create ${monitoringName}`,
      `close: delete ${transitionName}`,
    ]);
    expect(told(planned({ desired: ring, owned: [transition('Ingress'), written(deny)] }))).toEqual([
      `allow: create ${monitoringName}`,
      `close: delete ${transitionName}`,
    ]);
  });

  test('widens a temporary policy that is there to the directions that change', () => {
    const { phases } = planned({ desired: [...ring, denyEgress], owned: [transition('Ingress')] });
    expect(phases[0]).toMatchObject({
      purpose: 'open',
      changes: [{ action: 'replace', policy: { spec: { policyTypes: ['Ingress', 'Egress'] } } }],
    });
    expect(phases.map(({ purpose }) => purpose)).not.toContain('close');
  });

  test('does not trust a temporary policy that somebody edited, or whose owner is gone', () => {
    for (const found of [edited(transition('Ingress')), ownedBy('gone', transition('Ingress'))]) {
      expect(told(planned({ desired: [deny], owned: [found] }))).toEqual([
        `open: replace ${transitionName}`,
        `deny: create ${denyNames.Ingress}`,
      ]);
    }
  });

  test('a temporary policy whose pods somebody has edited is replaced, for whichever pods it stands now', () => {
    const mine = transitionPolicy({ namespace: 'shop', name: transitionName }, ['Ingress'], platformOwner);
    const elsewhere = written(selecting({ matchLabels: { edited: 'yes' } }, mine));
    expect(told(planned({ desired: [deny], owned: [elsewhere] }))[0]).toBe(`open: replace ${transitionName}`);
  });

  test('does not trust a temporary policy that is being deleted: it writes another one', () => {
    const found = planned({ desired: [deny], owned: [beingDeleted(transition('Ingress'))] });
    expect(told(found)).toEqual([
      `open: create ${secondName(transitionName)}`,
      `deny: create ${denyNames.Ingress}`,
    ]);
    expect(found.findings).toEqual([]);
  });

  test('closes at once if the direction is kept isolated: a new namespace, or a ring that somebody deleted', () => {
    expect(told(planned({ desired: ring, keptIsolated: ['Ingress', 'Egress'] }))).toEqual([
      `deny: create ${denyNames.Ingress}`,
      `allow: create ${monitoringName}`,
    ]);
  });

  test('is careful in the direction that is not kept isolated', () => {
    const [open] = planned({ desired: [deny, denyEgress], keptIsolated: ['Ingress'] }).phases;
    expect(open?.changes[0]).toMatchObject({ policy: { spec: { policyTypes: ['Egress'] } } });
  });

  test('opens first if policies of a profile isolate some pods only: the ring went with the platform profile', () => {
    const desired = [...ring, ofWeb];
    const owned = [written(ofWeb)];
    expect(told(planned({ desired, owned }))).toEqual([
      `open: create ${transitionNameFor(allButWeb)}`,
      `deny: create ${denyNames.Ingress}`,
      `allow: create ${monitoringName}`,
    ]);
    // Somebody took the ring away from under them: that is healed at once.
    expect(told(planned({ desired, owned, keptIsolated: ['Ingress'] }))[0]).toBe(
      `deny: create ${denyNames.Ingress}`,
    );
  });

  test('heals at once if part of the ring still isolates', () => {
    expect(told(planned({ desired: ring, owned: [written(monitoring)] }))).toEqual([
      `deny: create ${denyNames.Ingress}`,
    ]);
  });
});

describe('opening a live namespace', () => {
  test('opens first, then prunes, and closes in the next plan', () => {
    const owned = ring.map((policy) => written(policy));
    expect(told(planned({ owned }))).toEqual([
      `open: create ${transitionName}`,
      `prune: delete ${denyNames.Ingress}`,
      `prune: delete ${monitoringName}`,
    ]);
    expect(told(planned({ owned: [transition('Ingress')] }))).toEqual([`close: delete ${transitionName}`]);
  });

  test('is careful also if the direction is kept isolated, since connections are allowed through it', () => {
    const found = planned({ owned: [written(deny)], keptIsolated: ['Ingress'] });
    expect(told(found)[0]).toBe(`open: create ${transitionName}`);
  });

  test('stays open while a policy waits for a finalizer, and closes when that is gone', () => {
    const dying = beingDeleted(written(deny));
    expect(told(planned({ owned: [dying, written(monitoring)] }))).toEqual([
      `open: create ${transitionName}`,
      `prune: delete ${monitoringName}`,
    ]);
    expect(told(planned({ owned: [dying, transition('Ingress')] }))).toEqual([]);
    expect(told(planned({ owned: [transition('Ingress')] }))).toEqual([`close: delete ${transitionName}`]);
  });

  test('opens first also if some pods stay isolated, by a profile that does not decode', () => {
    const frozen = ownedBy('uid-of-broken', written(ofWeb));
    const owned = [...ring.map((policy) => written(policy)), frozen];
    expect(told(planned({ owned, frozen: ['uid-of-broken'] }))).toEqual([
      `open: create ${transitionNameFor(allButWeb)}`,
      `prune: delete ${denyNames.Ingress}`,
      `prune: delete ${monitoringName}`,
    ]);
  });

  test('concerns one direction if the other stays isolated', () => {
    const owned = [...ring, denyEgress, dns].map((policy) => written(policy));
    const found = planned({ desired: ring, owned });
    expect(told(found)).toEqual([
      `open: create ${transitionName}`,
      `prune: delete ${denyNames.Egress}`,
      'prune: delete ringfence-dns',
    ]);
    expect(found.phases[0]?.changes[0]).toMatchObject({ policy: { spec: { policyTypes: ['Egress'] } } });
  });
});

describe('ownership', () => {
  test('is taken back by a replacement before anything is pruned', () => {
    const owned = [ownedBy('before-the-restore', written(deny)), written(monitoring)];
    expect(told(planned({ desired: [deny], owned }))).toEqual([
      `deny: replace ${denyNames.Ingress}`,
      `prune: delete ${monitoringName}`,
    ]);
  });

  test('is taken of a policy of ours that has no owner', () => {
    expect(told(planned({ desired: [deny], owned: [ownedBy('', written(deny))] }))).toEqual([
      `deny: replace ${denyNames.Ingress}`,
    ]);
  });

  test('by a profile that does not decode freezes a policy: neither pruned nor written', () => {
    const route = ownedBy('uid-broken', written(allowing('ringfence-route', 'Ingress', 80)));
    const given = { owned: [written(deny), route], frozen: ['uid-broken'] };
    expect(told(planned({ ...given, desired: [deny] }))).toEqual([]);
    const wanted = [deny, allowing('ringfence-route', 'Ingress', 81)];
    expect(told(planned({ ...given, desired: wanted }))).toEqual([]);
  });

  test('by a profile that does not decode keeps a direction isolated: nothing opens', () => {
    const route = ownedBy('uid-broken', written(allowing('ringfence-route', 'Ingress', 80)));
    const given = { owned: [written(deny), route], frozen: ['uid-broken'] };
    expect(told(planned(given))).toEqual([`prune: delete ${denyNames.Ingress}`]);
  });

  test('by a profile that does not decode keeps nothing in a direction that is opened: it would isolate its pods', () => {
    const wayOut = ownedBy('uid-broken', written(allowing('ringfence-route-out', 'Egress', 80)));
    const owned = [...[deny, denyEgress, dns].map((policy) => written(policy)), wayOut];
    const given = { desired: [deny], owned, frozen: ['uid-broken'] };
    expect(told(planned({ ...given, unfrozen: ['Egress'] }))).toEqual([
      `open: create ${transitionName}`,
      `prune: delete ${denyNames.Egress}`,
      'prune: delete ringfence-dns',
      'prune: delete ringfence-route-out',
    ]);
    const wayIn = ownedBy('uid-broken', written(allowing('ringfence-route', 'Ingress', 80)));
    const stays = { desired: [deny], owned: [written(deny), wayIn], frozen: ['uid-broken'] };
    expect(told(planned({ ...stays, unfrozen: ['Egress'] }))).toEqual([]);
  });

  test('that is frozen does not keep a temporary policy', () => {
    const given = { owned: [written(deny), transition('Ingress')], frozen: [platformOwner.uid] };
    expect(told(planned(given))).toEqual([`close: delete ${transitionName}`]);
  });
});

describe('a policy that is being deleted', () => {
  test('is not touched: its name is free when it is gone', () => {
    expect(told(planned({ desired: [deny], owned: [beingDeleted(written(deny))] }))).toEqual([]);
    expect(told(planned({ desired: [deny], owned: [beingDeleted(edited(written(deny)))] }))).toEqual([]);
  });

  test('is not deleted once more', () => {
    const owned = [written(deny), beingDeleted(written(monitoring))];
    expect(told(planned({ desired: [deny], owned }))).toEqual([]);
    expect(
      told(planned({ desired: [deny], owned: [written(deny), beingDeleted(transition('Ingress'))] })),
    ).toEqual([]);
  });
});

describe('who still lacks a policy', () => {
  test('is whoever owns what a plan has to write, and not whose policies it only takes away', () => {
    const owned = [written(deny), written({ ...monitoring, owner: { ...platformOwner, uid: 'gone' } })];
    expect([...ownersToWrite(planned({ desired: ring, owned: [] }))]).toEqual([platformOwner.uid]);
    expect([...ownersToWrite(planned({ desired: [deny], owned }))]).toEqual([]);
    expect([...ownersToWrite(planned({ desired: ring, owned }))]).toEqual([platformOwner.uid]);
  });
});

describe("somebody else's policy", () => {
  test('under our name is left alone: ours has a second name, and a finding says so', () => {
    const found = planned({
      desired: ring,
      owned: [written(monitoring)],
      foreign: [foreign(denyNames.Ingress)],
    });
    expect(told(found)).toEqual([`deny: create ${secondName(denyNames.Ingress)}`]);
    expect(takenNames(found)).toEqual([
      expect.objectContaining({
        code: 'NameTaken',
        subject: { kind: 'NetworkPolicy', namespace: 'shop', name: denyNames.Ingress },
        message: expect.stringContaining(secondName(denyNames.Ingress)),
      }),
    ]);
  });

  test('that was ours until somebody removed its label is named as that', () => {
    const unlabelled = { ...foreign(denyNames.Ingress), unlabelled: true } as const;
    const [found] = takenNames(planned({ desired: [deny], foreign: [unlabelled] }));
    expect(found?.message).toMatch(
      /^somebody removed the label `app.kubernetes.io\/managed-by=ringfence` of `ringfence-default-deny-ingress`, so /,
    );
  });

  test('under our name is no news once ours is under its second name, but the finding stays', () => {
    const owned = [written({ ...deny, name: secondName(denyNames.Ingress) })];
    const found = planned({ desired: [deny], owned, foreign: [foreign(denyNames.Ingress)] });
    expect(told(found)).toEqual([]);
    expect(takenNames(found)).toHaveLength(1);
  });

  test('under our name and the second one gives ours a third', () => {
    const second = secondName(denyNames.Ingress);
    const found = planned({
      desired: [deny],
      keptIsolated: ['Ingress'],
      foreign: [foreign(denyNames.Ingress), foreign(second)],
    });
    expect(told(found)).toEqual([`deny: create ${secondName(second)}`]);
  });

  test('that is gone gives ours its name back: written first, then pruned', () => {
    const second = secondName(denyNames.Ingress);
    expect(told(planned({ desired: [deny], owned: [written({ ...deny, name: second })] }))).toEqual([
      `deny: create ${denyNames.Ingress}`,
      `prune: delete ${second}`,
    ]);
  });

  test('under the name of the temporary policy gives that a second name, and a finding until it is gone', () => {
    const taken = [foreign(transitionName, { policyTypes: ['Egress'] })];
    const second = secondName(transitionName);
    const opening = planned({ desired: [deny], foreign: taken });
    expect(told(opening)).toEqual([`open: create ${second}`, `deny: create ${denyNames.Ingress}`]);
    expect(opening.transient).toEqual([
      expect.objectContaining({
        code: 'NameTaken',
        subject: { kind: 'NetworkPolicy', namespace: 'shop', name: transitionName },
      }),
    ]);
    const opened = written(transitionPolicy({ namespace: 'shop', name: second }, ['Ingress'], platformOwner));
    const closing = planned({ desired: [deny], owned: [written(deny), opened], foreign: taken });
    expect(told(closing)).toEqual([`close: delete ${second}`]);
    expect(closing.transient).toHaveLength(1);
    const closed = planned({ desired: [deny], owned: [written(deny)], foreign: taken });
    expect(closed.transient).toEqual([]);
    expect([opening, closing, closed].flatMap(takenNames)).toEqual([]);
  });

  test('is reported in a dry run, where nothing is written', () => {
    const foreigners = [foreign(denyNames.Ingress), foreign('open', { ingress: [{}] })];
    const codes = (found: Plan) => found.findings.map(({ code }) => code).sort();
    const rehearsal = planned({ dryRunPolicies: [deny], foreign: foreigners });
    expect(rehearsal.phases).toEqual([]);
    expect(codes(rehearsal)).toEqual(['ForeignAllowAll', 'ForeignPolicy', 'NameTaken']);
    expect(codes(planned({ desired: [deny], foreign: foreigners }))).toEqual(codes(rehearsal));
    expect(codes(planned({ dryRunPolicies: [], foreign: foreigners }))).toEqual([]);
  });

  test('that isolates every pod leaves nothing to open: a temporary opening would be a hole', () => {
    expect(told(planned({ desired: ring, foreign: [foreign('theirs', denyAll)] }))).toEqual([
      `deny: create ${denyNames.Ingress}`,
      `allow: create ${monitoringName}`,
    ]);
    const owned = ring.map((policy) => written(policy));
    expect(told(planned({ owned, foreign: [foreign('theirs', denyAll)] }))).toEqual([
      `prune: delete ${denyNames.Ingress}`,
      `prune: delete ${monitoringName}`,
    ]);
  });

  /** The pods that a plan opens, and in which directions. */
  function opened({ phases }: Plan): readonly (readonly unknown[])[] {
    return phases
      .filter(({ purpose }) => purpose === 'open')
      .flatMap(({ changes }) =>
        changes.map((change) =>
          change.action === 'delete' ? [] : [change.policy.spec.podSelector, change.policy.spec.policyTypes],
        ),
      );
  }

  test('that isolates some pods leaves the others to open, and in the other direction all of them', () => {
    expect(opened(planned({ desired: [deny], foreign: [foreign('theirs')] }))).toEqual([
      [allButWeb, ['Ingress']],
    ]);
    const both = planned({ desired: [deny, denyEgress], foreign: [foreign('theirs')] });
    expect(opened(both)).toEqual([
      [allButWeb, ['Ingress']],
      [{}, ['Egress']],
    ]);
    expect(told(both).slice(0, 2)).toEqual([
      `open: create ${transitionNameFor(allButWeb)}`,
      `open: create ${transitionName}`,
    ]);
    const egress = foreign('theirs', { podSelector: {}, policyTypes: ['Egress'] });
    expect(opened(planned({ desired: [deny], foreign: [egress] }))).toEqual([[{}, ['Ingress']]]);
  });

  test('leaves nothing to open if several together isolate every pod', () => {
    const all = [foreign('of-web'), foreign('of-the-rest', { podSelector: allButWeb })];
    expect(opened(planned({ desired: ring, foreign: all }))).toEqual([]);
    const byExpressions = (['Exists', 'DoesNotExist'] as const).map((operator) =>
      foreign(`app-${operator}`, { podSelector: { matchExpressions: [{ key: 'app', operator }] } }),
    );
    expect(opened(planned({ desired: ring, foreign: byExpressions }))).toEqual([]);
  });

  test('that asks for two labels leaves those to open that lack one of them', () => {
    const theirs = foreign('theirs', { podSelector: { matchLabels: { app: 'web', tier: 'front' } } });
    const found = planned({ desired: [deny], foreign: [theirs] });
    expect(opened(found)).toEqual([
      [allButWeb, ['Ingress']],
      [{ matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['front'] }] }, ['Ingress']],
    ]);
    // Both are deleted when everything is written.
    const [open] = found.phases;
    const there = (open?.changes ?? []).flatMap((change) =>
      change.action === 'delete' ? [] : [written(change.policy)],
    );
    expect(told(planned({ desired: [deny], owned: [written(deny), ...there], foreign: [theirs] }))).toEqual(
      there.map(({ name }) => `close: delete ${name}`).sort(),
    );
  });

  test('that is too intricate for a few openings is never opened, and a finding says what that costs', () => {
    const intricate = ['a', 'b', 'c', 'd', 'e'].map((each) =>
      foreign(`of-${each}`, { podSelector: { matchLabels: { [`${each}1`]: each, [`${each}2`]: each } } }),
    );
    const found = planned({ desired: [deny], foreign: intricate });
    expect(opened(found).length).toBeLessThanOrEqual(8);
    for (const { podSelector } of intricate) {
      for (const [selector] of opened(found)) {
        expect(selects(selector as LabelSelector, podSelector.matchLabels ?? {})).toBe(false);
      }
    }
    const told = ({ transient }: Plan) => transient.filter(({ code }) => code === 'OpenedInPart');
    expect(told(found)).toMatchObject([{ subject: { kind: 'Namespace', name: 'shop' } }]);
    expect(told(planned({ desired: [deny], owned: [written(deny)], foreign: intricate }))).toEqual([]);
    expect(told(planned({ desired: [deny], foreign: intricate, keptIsolated: ['Ingress'] }))).toEqual([]);
  });

  test('in a ringed namespace is reported, and in another one it is not', () => {
    const codes = ({ findings }: Plan) => findings.map(({ code }) => code);
    const theirs = foreign('theirs', { podSelector: {}, ingress: [{}] });
    const given = { owned: [written(deny)], foreign: [theirs] };
    expect(codes(planned({ ...given, desired: [deny] }))).toEqual(['ForeignPolicy', 'ForeignAllowAll']);
    expect(codes(planned(given))).toEqual([]);
  });

  test('is never written or deleted', () => {
    const taken = [deny, monitoring, { name: transitionName }].map(({ name }) => foreign(name));
    const { phases } = planned({ desired: ring, foreign: taken });
    const touched = phases.flatMap(({ changes }) => changes.map((change) => keyOf(change).name));
    for (const { name } of taken) expect(touched).not.toContain(name);
  });
});

describe('a mirror of a namespace in which a profile does not decode', () => {
  const name = 'ringfence-mirror-web-out-0123456789';
  const denied = [written(deny), written(denyEgress)];
  const ringed = { desired: [deny, denyEgress], frozenMirrors: ['data'] };
  const mirror = (policy: DesiredPolicy) => ({ ...written(policy), mirrors: ['data', 'other'] });
  const before = allowing(name, 'Egress', 5432);
  const wanted = allowing(name, 'Egress', 27017);

  test('stays, although nobody asks for it any more', () => {
    expect(planned({ ...ringed, owned: [...denied, mirror(before)] })).toEqual({
      phases: [],
      findings: [],
      transient: [],
    });
    const [pruned] = told(
      planned({ ...ringed, frozenMirrors: ['shop'], owned: [...denied, mirror(before)] }),
    );
    expect(pruned).toBe(`prune: delete ${name}`);
  });

  test('has nothing written beside it if it is as it is wanted', () => {
    const owned = [...denied, mirror(wanted)];
    expect(told(planned({ ...ringed, desired: [...ringed.desired, wanted], owned }))).toEqual([]);
  });

  test('stays as it is, and what is mirrored of others is written beside it, until that can be read', () => {
    const desired = [...ringed.desired, wanted];
    const owned = [...denied, mirror(before)];
    const beside = planned({ ...ringed, desired, owned });
    expect(told(beside)).toEqual([`allow: create ${secondName(name)}`]);
    expect(beside.findings).toEqual([]);
    const both = [...owned, mirror({ ...wanted, name: secondName(name) })];
    expect(told(planned({ ...ringed, desired, owned: both }))).toEqual([]);
    expect(told(planned({ ...ringed, desired, owned: both, frozenMirrors: [] }))).toEqual([
      `allow: replace ${name}`,
      `prune: delete ${secondName(name)}`,
    ]);
  });
});

describe('what stays of a profile that does not decode', () => {
  const named = (name: string) => ({
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
  });
  const some = { ipBlock: { cidr: '198.51.100.0/24' } };
  const all = { ipBlock: { cidr: '0.0.0.0/0' } };
  const owner = { kind: 'AppNetworkProfile', name: 'broken', uid: 'uid-broken' } as const;
  const rule = (peers: StoredRule['peers'], origins?: readonly string[]): StoredRule => ({
    peers,
    ports: [],
    origins,
    discoveredFor: undefined,
  });
  const says = (...rules: readonly StoredRule[]): StoredContent => ({
    owner,
    description: 'what it lets out',
    pods: {},
    direction: 'Egress',
    rules,
  });
  const forbidding =
    (...gone: readonly Peer[]): PlanInput['forbidden'] =>
    (peers) =>
      new Set(peers.filter(({ peer }) => peer === undefined || gone.includes(peer)));
  const wayOut = { ...ownedBy('uid-broken', written(allowing('ringfence-broken-web-out', 'Egress', 443))) };
  const ringed = { desired: [deny, denyEgress], frozen: ['uid-broken'] };
  const owned = [written(deny), written(denyEgress), wayOut];
  const held = (content: StoredContent, ...gone: readonly Peer[]) =>
    planned({
      ...ringed,
      owned,
      contents: new Map([[wayOut.name, content]]),
      forbidden: forbidding(...gone),
    });

  test('is all of it if guardrails forbid none, or its content is unknown', () => {
    expect(held(says(rule([some, all]))).phases).toEqual([]);
    expect(planned({ ...ringed, owned, forbidden: forbidding(all) }).phases).toEqual([]);
  });

  test('loses the peers that guardrails forbid, with the rest as its owner wrote it, and a finding reports that', () => {
    const found = held(says(rule([some, all], ['out']), rule([all], ['wide'])), all);
    expect(found.phases).toEqual([
      {
        purpose: 'allow',
        changes: [
          {
            action: 'replace',
            policy: {
              namespace: 'shop',
              name: wayOut.name,
              owner,
              description: 'what it lets out',
              origins: [['out']],
              spec: { podSelector: {}, policyTypes: ['Egress'], egress: [{ to: [some] }] },
            },
            fingerprint: expect.any(String),
            resourceVersion: '1',
          },
        ],
      },
    ]);
    expect(found.findings.map(({ code, subject }) => [code, subject.name])).toEqual([
      ['FrozenBeyondGuardrails', wayOut.name],
    ]);
  });

  test('goes if guardrails forbid all of it, even if it is for everyone', () => {
    expect(told(held(says(rule([all]), rule([all])), all))).toEqual([`prune: delete ${wayOut.name}`]);
    expect(told(held(says(rule([])), all))).toEqual([`prune: delete ${wayOut.name}`]);
  });

  test('needs to be known only if it may lose something', () => {
    const freeze = { frozenOwners: new Set(['uid-broken']), frozenMirrors: [], unfrozen: [] };
    const needed = (more: object) => contentsNeeded(owned, ringed.desired, { ...freeze, ...more });
    expect(needed({})).toEqual([]);
    expect(needed({ forbidden: forbidding(all) })).toEqual([wayOut]);
    expect(needed({ forbidden: forbidding(all), frozenOwners: new Set() })).toEqual([]);
  });

  describe('in a mirror', () => {
    const name = 'ringfence-mirror-web-out-0123456789';
    const mirror = { ...written(allowing(name, 'Egress', 5432)), mirrors: ['data', 'pay'] };
    const withMirror = (...rules: readonly StoredRule[]) =>
      planned({
        desired: [deny, denyEgress],
        owned: [written(deny), written(denyEgress), mirror],
        frozenMirrors: ['data'],
        contents: new Map([[name, { ...says(...rules), owner: platformOwner }]]),
      });
    const egress = ({ phases }: Plan) =>
      phases.flatMap(({ changes }) =>
        changes.map((change) => (change.action === 'delete' ? 'deleted' : change.policy.spec.egress)),
      );

    test('is what the profile asks for that cannot be read, not what others asked for in its namespace', () => {
      const found = withMirror(
        rule([named('data')], ['data/broken/a']),
        rule([named('data')], ['data/other/b']),
      );
      expect(egress(found)).toEqual([[{ to: [named('data')] }]]);
      expect(egress(withMirror(rule([named('data')], ['data/other/b'])))).toEqual(['deleted']);
      expect(egress(withMirror(rule([named('data')], ['data/broken/a', 'data/other/b'])))).toEqual([]);
    });

    test('is its own namespace alone, of a rule that leads to several', () => {
      const both = {
        matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['data', 'pay'] }],
      } as const;
      const found = withMirror(rule([{ namespaceSelector: both }], ['data/broken/a', 'pay/pay/b']));
      expect(egress(found)).toEqual([[{ to: [named('data')] }]]);
    });

    test('is all of it if its origins are unknown', () => {
      expect(egress(withMirror(rule([named('data')])))).toEqual([]);
    });
  });
});

describe('while the platform profile does not decode, and holds as it was', () => {
  test('nothing is pruned, and what is missing is written', () => {
    const extra = written(monitoring);
    expect(
      told(planned({ desired: [deny], owned: [extra], keepsAll: true, keptIsolated: ['Ingress'] })),
    ).toEqual([`deny: create ${denyNames.Ingress}`]);
    expect(told(planned({ desired: [], owned: [written(deny), extra], keepsAll: true }))).toEqual([]);
    expect(told(planned({ desired: [deny], owned: [written(deny), extra] }))).toEqual([
      `prune: delete ${monitoringName}`,
    ]);
  });
});
