import { describe, expect, test } from '@jest/globals';
import { type PlatformSpec, platform, undecodable } from '../../test/fixtures.ts';
import type { Condition } from '../api/conditions.ts';
import { decodePlatformNetworkProfile } from '../api/decode.ts';
import type { PlatformNetworkProfileStatus } from '../api/platform-status.ts';
import type { Finding, FindingCode } from '../model/findings.ts';
import { goneFindings } from './blind-spots.ts';
import {
  type PlatformStatusInput,
  platformStatus,
  type ReportedNamespace,
} from './platform-profile-status.ts';

const now = '2026-01-02T15:04:05Z';

const noCanary = { condition: { status: 'Unknown', reason: 'NoCanary', message: 'none' } } as const;

function of(state: ReportedNamespace['state'], more: Partial<ReportedNamespace> = {}): ReportedNamespace {
  return { state, policies: 2, findings: [], failure: undefined, ...more };
}

function failing(reason: string, message = 'it says why'): ReportedNamespace {
  return of('Failing', { failure: { reason, message } });
}

function finding(code: FindingCode, message = 'something is so'): Finding {
  const subject = {
    kind: 'NetworkPolicy',
    namespace: 'shop',
    name: 'ringfence-default-deny-ingress',
  } as const;
  return { code, subject, message, hint: 'do this' };
}

const ofPlatform = { kind: 'PlatformNetworkProfile', name: 'default' } as const;

function status(
  records: Readonly<Record<string, ReportedNamespace>>,
  spec: PlatformSpec = {},
  more: Partial<PlatformStatusInput> = {},
): PlatformNetworkProfileStatus {
  return statusOrKept(records, spec, more).status;
}

/** The status, and whether it is that of before. */
function statusOrKept(
  records: Readonly<Record<string, ReportedNamespace>>,
  spec: PlatformSpec = {},
  more: Partial<PlatformStatusInput> = {},
) {
  return platformStatus({
    platform: { ...platform(spec), generation: 7 },
    previous: {},
    discovered: {},
    records: new Map(Object.entries(records)),
    policies: 4,
    findings: [],
    enforced: noCanary,
    waiting: 0,
    now,
    ...more,
  });
}

/** The condition of a type as `True Enforced: message`. */
function condition({ conditions = [] }: PlatformNetworkProfileStatus, type: string): string | undefined {
  const found = conditions.find((candidate) => candidate.type === type);
  return found && `${found.status} ${found.reason}: ${found.message}`;
}

describe('the status of the platform profile, where a kind is gone', () => {
  const gone = goneFindings({ name: 'default' }, ['appnetworkprofiles.ringfence.dev']);
  const message =
    'KindGone: the cluster no longer knows `appnetworkprofiles.ringfence.dev`: until it does, nothing is written or deleted because of it; install the CRDs with `kubectl apply -k config/crd`, and then the profiles';

  test.each([
    ['nothing else is wrong', { shop: of('Enforced') }, {}],
    ['namespaces fail', { shop: failing('Refused') }, {}],
    ['namespaces wait, since nothing is looked at', {}, { waiting: 3 }],
  ])('is not Ready for that reason, also where %s', (_, records, more) => {
    const made = status(records, {}, { findings: gone, ...more });
    expect(condition(made, 'Ready')).toBe(`False ${message}`);
    expect(condition(made, 'Programmed')).toBe(`Unknown ${message}`);
    expect(condition(made, 'Accepted')).toContain('1 finding, the first: KindGone: ');
  });

  test('is Ready again when it is back', () => {
    const previous = status({ shop: of('Enforced') }, {}, { findings: gone });
    expect(condition(status({ shop: of('Enforced') }, {}, { previous }), 'Ready')).toMatch(/^True Enforced/);
  });
});

describe('the status of the platform profile', () => {
  test('speaks of the generation that it was made from, and is what the CRD takes', () => {
    const made = status({ shop: of('Enforced'), pay: failing('Refused') });
    expect(made.observedGeneration).toBe(7);
    expect(made.conditions?.map(({ observedGeneration }) => observedGeneration)).toEqual([7, 7, 7, 7]);
    const object = {
      apiVersion: 'ringfence.dev/v1alpha1',
      kind: 'PlatformNetworkProfile',
      metadata: { name: 'default' },
      spec: { enforcement: 'Enforce' },
      status: made,
    };
    expect(decodePlatformNetworkProfile(object)).toMatchObject({ ok: true, value: { status: made } });
  });

  test('says what the canary found, whether or not the rest of it stays as it was', () => {
    const enforced = {
      condition: { status: 'False', reason: 'NotEnforced', message: 'not on `n1`' },
      status: { nodes: { enforced: 1, failing: 1, all: 2 }, capabilities: [] },
    } as const;
    const first = status({ shop: of('Enforced') });
    const { status: made, isKept } = statusOrKept({}, {}, { previous: first, waiting: 1, enforced });
    expect(isKept).toBe(true);
    expect(condition(made, 'Enforced')).toBe('False NotEnforced: not on `n1`');
    expect(condition(made, 'Ready')).toMatch(/^True/);
    expect(made.enforcement).toEqual(enforced.status);
    expect(status({ shop: of('Enforced') }, {}, { previous: made }).enforcement).toBeUndefined();
  });

  test('keeps what was said of the canary until somebody has looked at it', () => {
    const enforced = {
      condition: { status: 'False', reason: 'NotEnforced', message: 'not on `n1`' },
      status: { nodes: { enforced: 1, failing: 1, all: 2 }, capabilities: [] },
    } as const;
    const previous = status({ shop: of('Enforced') }, {}, { enforced });
    const made = status(
      { shop: of('DryRun') },
      {},
      { previous, enforced: undefined, now: '2030-01-01T00:00:00Z' },
    );
    expect(made.conditions?.find(({ type }) => type === 'Enforced')).toEqual(
      previous.conditions?.find(({ type }) => type === 'Enforced'),
    );
    expect(made.enforcement).toEqual(enforced.status);
  });

  test('counts the namespaces in each state, and none that is outside', () => {
    const made = status({
      a: of('Enforced'),
      b: of('Enforced'),
      c: of('DryRun'),
      d: of('Off'),
      e: of('Changing'),
      f: failing('Refused'),
      g: of('Outside'),
    });
    expect(made.counts).toEqual({
      enforced: 2,
      dryRun: 1,
      off: 1,
      transitioning: 1,
      failing: 1,
      policies: 4,
      planned: 2,
    });
  });

  test('holds what was found out, which is remembered over restarts', () => {
    const discovered = { dns: { addresses: ['10.96.0.10'] } };
    expect(status({}, {}, { discovered, previous: { discovered: {} } }).discovered).toEqual(discovered);
  });
});

describe('the platform profile is Ready', () => {
  test('when every policy is written', () => {
    const made = status({ shop: of('Enforced'), pay: of('Enforced'), old: of('Outside') });
    expect(condition(made, 'Programmed')).toBe('True Enforced: 4 policies written in 2 namespaces');
    expect(condition(made, 'Ready')).toBe('True Enforced: 4 policies written in 2 namespaces');
    expect(condition(made, 'Accepted')).toBe('True Accepted: the profile is accepted');
  });

  test('when a dry run is computed, although nothing is programmed', () => {
    const dry = { shop: of('DryRun', { policies: 2 }), old: of('Off', { policies: 3 }) };
    const made = status(dry, { enforcement: 'DryRun' }, { policies: 0 });
    expect(condition(made, 'Programmed')).toBe(
      'False DryRun: would write 2 policies in 1 namespace; none is written',
    );
    expect(condition(made, 'Ready')).toMatch(/^True DryRun/);
  });

  test('when some namespaces are enforced, and says what the dry run of the others would write', () => {
    const canary = {
      pay: of('Enforced'),
      shop: of('DryRun', { policies: 2 }),
      old: of('Off', { policies: 3 }),
    };
    expect(condition(status(canary, { enforcement: 'DryRun' }), 'Ready')).toBe(
      'True Enforced: 4 policies written in 1 namespace; a dry run would write 2 policies in 1 namespace',
    );
  });

  test('when it is Off and everything is removed', () => {
    const made = status({ shop: of('Off') }, { enforcement: 'Off' }, { policies: 0 });
    expect(condition(made, 'Programmed')).toMatch(/^False Off/);
    expect(condition(made, 'Ready')).toBe('True Off: no policy of Ringfence is left');
  });

  test('when a canary is enforced and the rest is dry', () => {
    const made = status({ shop: of('Enforced'), pay: of('DryRun') }, { enforcement: 'DryRun' });
    expect(condition(made, 'Ready')).toMatch(/^True Enforced/);
  });

  test.each([
    [
      'namespaces are not looked at yet',
      { shop: of('Enforced') },
      2,
      'False Progressing: 2 namespaces left to process',
    ],
    [
      'policies cannot be written',
      { shop: of('Enforced'), pay: failing('Refused') },
      0,
      "False NamespacesFailing: policies can't be written in 1 namespace; the first, `pay`: Refused: it says why",
    ],
    [
      'a live namespace is on its way',
      { shop: of('Changing') },
      0,
      'False Transitioning: 1 live namespace being closed or opened',
    ],
  ])('not while %s', (_, records, waiting, expected) => {
    for (const enforcement of ['Enforce', 'DryRun', 'Off'] as const) {
      const made = status(records, { enforcement }, { waiting });
      expect(condition(made, 'Ready')).toBe(expected);
      expect(condition(made, 'Programmed')).toBe(expected);
    }
  });
});

describe('a platform profile that does not decode', () => {
  const previous: PlatformNetworkProfileStatus = {
    counts: { enforced: 3, dryRun: 0, off: 0, transitioning: 0, failing: 0, policies: 6, planned: 0 },
    conditions: [
      {
        type: 'Ready',
        status: 'False',
        reason: 'Progressing',
        message: '1 namespace left to process',
        observedGeneration: 6,
        lastTransitionTime: 'then',
      },
    ],
  };
  const broken = {
    platform: { ...undecodable(platform()), generation: 7 },
    previous,
    discovered: {},
    records: new Map(),
    policies: 6,
    findings: [],
    enforced: noCanary,
    waiting: 0,
    now,
  };
  const { status: made } = platformStatus(broken);

  test('says that the version before it stays in force, if there was one, and counts by that', () => {
    const { status: held } = platformStatus({ ...broken, keepsEarlierVersion: true, policies: 5 });
    expect(condition(held, 'Stalled')).toMatch(
      /; until that is fixed, the last readable version stays in force, and nothing is pruned$/,
    );
    expect(held.counts).toMatchObject({ enforced: 0, policies: 5 });
  });

  test('is Stalled with the field to fix, so that kstatus does not wait for it', () => {
    expect(condition(made, 'Stalled')).toMatch(
      /^True InvalidProfile: spec\.colour: .*; until that is fixed, everything stays as it is$/,
    );
    expect(condition(made, 'Accepted')).toMatch(/^False InvalidProfile/);
    expect(condition(made, 'Ready')).toMatch(/^False InvalidProfile/);
    expect(condition(made, 'Programmed')).toMatch(/^Unknown InvalidProfile/);
  });

  test('keeps the counts, as everything stays as it is', () => {
    expect(made.counts).toEqual(previous.counts);
  });

  test('is not Ready since it was not', () => {
    expect(made.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime).toBe('then');
  });

  test('is no longer Stalled once it is fixed', () => {
    expect(condition(status({}, {}, { previous: made }), 'Stalled')).toBeUndefined();
  });
});

describe('the failing namespaces', () => {
  test('are named with their reasons, ordered, 20 at most, while all are counted', () => {
    const many = Object.fromEntries(
      Array.from({ length: 25 }, (_, index) => [
        `shop-${String(25 - index).padStart(2, '0')}`,
        failing('Refused'),
      ]),
    );
    const made = status(many);
    expect(made.failing).toHaveLength(20);
    expect(made.failing?.[0]).toEqual({ namespace: 'shop-01', reason: 'Refused', message: 'it says why' });
    expect(made.failing?.[19]?.namespace).toBe('shop-20');
    expect(made.counts?.failing).toBe(25);
  });

  test('have messages that fit the CRD', () => {
    const made = status({ shop: failing('Refused', 'x'.repeat(3000)) });
    expect(made.failing?.[0]?.message).toHaveLength(1024);
  });

  test('are none once they are well', () => {
    const previous = { failing: [{ namespace: 'shop', reason: 'Refused', message: '' }] };
    expect(status({ shop: of('Enforced') }, {}, { previous }).failing).toEqual([]);
  });
});

describe('findings', () => {
  test('are counted in Accepted, with the first of them, except for what is only information', () => {
    const made = status(
      {
        shop: of('Enforced', {
          findings: [finding('ForeignPolicy'), finding('NameTaken', 'a name is taken')],
        }),
      },
      {},
      { findings: [{ ...finding('NodeRangesUnknown', 'a preset is not written'), subject: ofPlatform }] },
    );
    expect(condition(made, 'Accepted')).toBe(
      'True Accepted: the profile is accepted; 2 findings (1 NameTaken, 1 NodeRangesUnknown), the first: NodeRangesUnknown: a preset is not written',
    );
  });

  test('are counted by kind, the commonest first, and the first names its namespace', () => {
    const unknown: Finding = {
      ...finding('DnsUnknown', 'no pod here may ask it'),
      subject: { kind: 'Namespace', name: 'pay' },
    };
    const made = status({
      pay: of('Enforced', { findings: [unknown] }),
      shop: of('Enforced', { findings: [unknown, finding('NameTaken')] }),
    });
    expect(condition(made, 'Accepted')).toBe(
      'True Accepted: the profile is accepted; 3 findings (2 DnsUnknown, 1 NameTaken), the first in `pay`: DnsUnknown: no pod here may ask it',
    );
  });

  test('of a contest make a condition of their own, which goes with them', () => {
    const contested = of('Failing', { findings: [finding('Contested', 'something undoes it')] });
    const made = status({ shop: contested, pay: contested });
    expect(condition(made, 'Contested')).toBe(
      'True UndoneByOthers: something undoes it (and 1 more); do this',
    );
    expect(condition(status({ shop: of('Enforced') }, {}, { previous: made }), 'Contested')).toBeUndefined();
  });

  test('that are many still fit the CRD', () => {
    const made = status({
      shop: of('Enforced', { findings: [finding('NameTaken', 'x'.repeat(3000))] }),
    });
    for (const { message } of made.conditions ?? []) expect(message.length).toBeLessThanOrEqual(1024);
  });
});

describe('while not every namespace is looked at, as after a restart', () => {
  const before = status({ shop: of('Enforced'), pay: of('Enforced') });
  const failed = status({ shop: of('Enforced'), pay: failing('Refused') });
  const restarted = { waiting: 1, now: 'later', policies: 2 };

  test('what was reported before is kept: nothing has changed yet', () => {
    const made = statusOrKept({ shop: of('Enforced') }, {}, { ...restarted, previous: before });
    expect(made).toEqual({ status: { ...before, discovered: {} }, isKept: true });
  });

  test('what was found out is written all the same', () => {
    const discovered = { dns: { addresses: ['10.96.0.10'] } };
    const made = statusOrKept({}, {}, { ...restarted, previous: before, discovered });
    expect(made).toEqual({ status: { ...before, discovered }, isKept: true });
  });

  test.each<[string, Parameters<typeof statusOrKept>]>([
    ['it was never told of this generation', [{}, {}, { previous: { ...before, observedGeneration: 6 } }]],
    ['nothing was told before', [{}, {}, { previous: {} }]],
    ['a namespace fails', [{ shop: failing('Refused') }, {}, { previous: before }]],
    ['a live namespace is on its way', [{ shop: of('Changing') }, {}, { previous: before }]],
    ['they wait for too long', [{}, {}, { previous: before, isOverdue: true }]],
  ])('but not where %s', (_, [records, spec, more]) => {
    const made = statusOrKept(records, spec, { ...restarted, ...more });
    expect(made.isKept).toBe(false);
    expect(condition(made.status, 'Ready')).toBe('False Progressing: 1 namespace left to process');
  });

  test('it still says what fails if it was not Ready before', () => {
    const made = statusOrKept({ pay: failing('Refused') }, {}, { ...restarted, previous: failed });
    expect(made.isKept).toBe(true);
    expect(made.status.failing).toEqual(failed.failing);
  });
});

describe('the status of a platform profile over time', () => {
  test('has no new times while nothing changes', () => {
    const first = status({ shop: of('Enforced') });
    const second = status({ shop: of('Enforced') }, {}, { previous: first, now: 'later' });
    expect(second).toEqual(first);
  });

  test('has a new time in the conditions that changed', () => {
    const first = status({ shop: of('Enforced') });
    const second = status({ shop: of('Changing') }, {}, { previous: first, now: 'later' });
    const times = (conditions: readonly Condition[] = []) =>
      Object.fromEntries(conditions.map(({ type, lastTransitionTime }) => [type, lastTransitionTime]));
    const kept = { Accepted: now, Enforced: now };
    expect(times(second.conditions)).toEqual({ ...kept, Programmed: 'later', Ready: 'later' });
  });
});
