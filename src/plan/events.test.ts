import { describe, expect, test } from '@jest/globals';
import { foreign, object, profile, service, shopView, undecodable } from '../../test/fixtures.ts';
import { compile } from '../compile/compile.ts';
import { type Finding, findingKinds } from '../model/findings.ts';
import { type EventDraft, type EventSources, eventDraftsOf, eventOf, pauseEndedDraft } from './events.ts';
import { foreignFindings } from './foreign.ts';

const shop = { kind: 'Namespace', name: 'shop' } as const;
const closed: Finding = { code: 'EntranceClosed', subject: shop, message: 'it is closed', hint: 'open it' };

/** A shop of which there is nothing to tell, and no policy. */
const shopNews: EventSources = {
  namespace: 'shop',
  profiles: [],
  findings: [],
  uidOfPolicy: () => undefined,
};

/** All news of a shop with everything that can be told. */
function everything(): readonly EventDraft[] {
  const profiles = [
    profile('shop/good', {
      routes: [
        { name: 'rejected', from: { app: 'web' }, to: { service: 'web' }, ports: [1] },
        { name: 'pending', from: { app: 'web' }, to: { namespace: { name: 'gone' } } },
        { name: 'active', from: { app: 'web' }, to: { app: 'mongo' } },
        { name: 'wide', from: { app: 'web' }, to: { pods: {} } },
      ],
    }),
    undecodable(profile('shop/unread')),
  ];
  const objects = [service('shop/web', [{ port: 80 }])];
  const compiled = compile(shopView({ profiles, objects })).namespaces[0];
  if (compiled === undefined) throw new Error('the shop is not compiled');
  const open = foreign('open-door', { ingress: [{}] } as never);
  const findings = [...compiled.findings, closed, ...foreignFindings('shop', [open], ['Ingress'])];
  return eventDraftsOf({ ...shopNews, profiles: compiled.profiles, findings });
}

describe('a pause', () => {
  const spec = { namespace: 'shop', until: '2999-01-02T15:04:05Z', reason: 'checkout is down' };
  const news = (more: object, annotations: Readonly<Record<string, string>> = {}) => {
    const { metadata, ...rest } = object('NetworkPause', 'asked', { ...spec, ...more });
    const objects = [{ ...rest, metadata: { ...metadata, annotations } }];
    const findings = compile(shopView({ objects })).findings;
    return eventDraftsOf({ ...shopNews, findings, uidOfPolicy: (name) => `uid of ${name}` });
  };

  test('has an Event that regards its policy, in the namespace: who works there sees it', () => {
    expect(news({})).toEqual([
      expect.objectContaining({
        namespace: 'shop',
        reason: 'Paused',
        type: 'Warning',
        regarding: expect.objectContaining({ name: 'ringfence-pause', uid: 'uid of ringfence-pause' }),
        note: expect.stringContaining('paused until 2999-01-02T15:04:05Z'),
      }),
    ]);
  });

  test('has an Event that names the person, if the pause does', () => {
    const [{ note } = { note: '' }] = news({}, { 'ringfence.dev/paused-by': 'anna@example.org' });
    expect(note).toContain('`shop` is paused until 2999-01-02T15:04:05Z by `anna@example.org`: everything');
  });

  test('that can not be read has one that regards a policy that is there', () => {
    expect(news({ until: 'tomorrow' })).toEqual([
      expect.objectContaining({
        reason: 'InvalidPause',
        regarding: expect.objectContaining({ name: 'ringfence-default-deny-ingress' }),
      }),
    ]);
  });

  test('has another one each time that it ends', () => {
    const [first, again, second] = ['1', '1', '2'].map((uid) => pauseEndedDraft('shop', uid));
    expect(first).toMatchObject({ type: 'Normal', reason: 'PauseEnded', regarding: { uid: '1' } });
    expect(again?.name).toBe(first?.name);
    expect(second?.name).not.toBe(first?.name);
  });
});

describe('a namespace in which writes are refused', () => {
  const failure = (used: number) => ({
    reason: 'Refused',
    message: `exceeded quota: no-policies, used: ${used}`,
  });
  const compiled = (names: readonly string[]) =>
    compile(shopView({ profiles: names.map((name) => profile(`shop/${name}`)) })).namespaces[0]?.profiles ??
    [];
  const told = (names: readonly string[], used = 5) =>
    eventDraftsOf({ ...shopNews, profiles: compiled(names), failure: failure(used) });

  test('has one Event, with the reason of the server, that regards the first of its profiles', () => {
    expect(told(['zoo', 'app'])).toEqual([
      expect.objectContaining({
        namespace: 'shop',
        type: 'Warning',
        reason: 'Refused',
        note: 'not every policy of the namespace is in place: exceeded quota: no-policies, used: 5',
        regarding: expect.objectContaining({
          kind: 'AppNetworkProfile',
          name: 'app',
          uid: 'uid-of-shop-app',
        }),
      }),
    ]);
  });

  test.each([
    ['at a profile if it is about the namespace', { kind: 'Namespace', name: 'shop' }, 'AppNetworkProfile'],
    [
      'at the policy that it is found of',
      { kind: 'NetworkPolicy', namespace: 'shop', name: 'x' },
      'NetworkPolicy',
    ],
  ] as const)('has one Event alone for what is a finding too, %s', (_, subject, kind) => {
    const code = 'QuotaExceeded';
    const finding = { code, subject, message: 'no room', hint: 'raise it' } as const;
    const failure = { reason: code, message: 'no room: raise it' };
    const sources = { ...shopNews, profiles: compiled(['app']), findings: [finding], failure };
    expect(eventDraftsOf(sources)).toEqual([
      expect.objectContaining({ reason: code, regarding: expect.objectContaining({ kind }) }),
    ]);
  });

  test('has one that regards the default deny if there is no profile', () => {
    expect(told([])[0]?.regarding).toMatchObject({
      kind: 'NetworkPolicy',
      name: 'ringfence-default-deny-ingress',
    });
  });

  test('has no new one if only a count of the server changes', () => {
    expect(told(['app'], 6).map(({ name }) => name)).toEqual(told(['app'], 5).map(({ name }) => name));
  });
});

describe('what is reported a namespace', () => {
  test('regards a profile or a policy in it, never the Namespace, whose events nobody sees', () => {
    const news = everything();
    expect(news.map(({ reason, regarding: { kind, name } }) => `${reason} ${kind}/${name}`).sort()).toEqual([
      'EntranceClosed NetworkPolicy/ringfence-default-deny-ingress',
      'ForeignAllowAll NetworkPolicy/open-door',
      'InvalidProfile AppNetworkProfile/unread',
      'NamespaceMissing AppNetworkProfile/good',
      'OpensWholeNamespace AppNetworkProfile/good',
      'ServicePortMissing AppNetworkProfile/good',
    ]);
    for (const { namespace: where, regarding } of news)
      expect([where, regarding.namespace]).toEqual(['shop', 'shop']);
  });

  test('regards a profile by its uid, by which `kubectl describe` looks for it', () => {
    const ofProfiles = everything().filter(({ regarding }) => regarding.kind === 'AppNetworkProfile');
    expect(new Set(ofProfiles.map(({ regarding }) => regarding.uid))).toEqual(
      new Set(['uid-of-shop-good', 'uid-of-shop-unread']),
    );
  });

  test('regards a policy by its uid if it exists, and is reported once more when the first one comes, not when it is restored', () => {
    const under = (uid: string | undefined) =>
      eventDraftsOf({ ...shopNews, findings: [closed], uidOfPolicy: () => uid })[0];
    expect(under('one')?.regarding).toEqual({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      namespace: 'shop',
      name: 'ringfence-default-deny-ingress',
      uid: 'one',
    });
    expect(under('healed')?.name).toBe(under('one')?.name);
    expect(under(undefined)?.name).not.toBe(under('one')?.name);
  });

  test('regards the deny of the direction that it tells of', () => {
    const unknown: Finding = {
      ...closed,
      code: 'DnsUnknown',
      subject: { kind: 'Namespace', name: 'shop' },
    };
    const [news] = eventDraftsOf({ ...shopNews, findings: [unknown] });
    expect(news?.regarding.name).toBe('ringfence-default-deny-egress');
  });

  test('says of a route what to do, with the YAML as far as it fits', () => {
    const noteOn = (route: object, suggestion?: string) => {
      const [compiled] = compile(shopView({ routes: [route] as never })).namespaces;
      const profiles = (compiled?.profiles ?? []).map((each) => ({
        ...each,
        routes: each.routes.map((one) => ({ ...one, ...(suggestion && { suggestion, hint: 'add this:' }) })),
      }));
      return eventDraftsOf({ ...shopNews, profiles })[0];
    };
    const misspelt = { name: 'in', from: { namespace: { name: 'shpo' } }, to: { app: 'web' } };
    expect(noteOn(misspelt)).toMatchObject({
      reason: 'NamespaceMisspelt',
      note: 'route `in`: its rule is written, but there is no namespace `shpo` yet; did you mean `shop`?',
    });
    expect(noteOn(misspelt, 'kind: A')?.note).toMatch(/ yet; add this:\nkind: A$/);
    expect(noteOn(misspelt, 'x'.repeat(1024))?.note).toMatch(
      / yet; what to write is the `suggestion` in the status of the profile$/,
    );
    expect(noteOn({ name: 'in', from: { namespace: { name: 'gone' } }, to: { app: 'web' } })).toBeUndefined();
  });

  test('says which field is meant', () => {
    const [invalid] = everything().filter(({ reason }) => reason === 'InvalidProfile');
    expect(invalid?.note).toMatch(/^spec\.colour: /);
  });

  test('has equal names if it is equal, and others if the object, the reason or the words differ', () => {
    const nameOf = (finding: Finding) => eventDraftsOf({ ...shopNews, findings: [finding] })[0]?.name;
    expect(nameOf({ ...closed })).toBe(nameOf(closed));
    const others: Finding[] = [
      { ...closed, message: 'it is shut' },
      { ...closed, hint: 'leave it' },
      { ...closed, path: 'spec' },
      { ...closed, code: 'ControlPlaneShutOut' },
      { ...closed, subject: { kind: 'NetworkPolicy', namespace: 'shop', name: 'other' } },
    ];
    expect(new Set([closed, ...others].map(nameOf)).size).toBe(others.length + 1);
    const names = everything().map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(everything().map(({ name }) => name)).toEqual(names);
  });

  test('has a name that the API server takes, whatever the name of the object', () => {
    for (const name of ['-', '.', 'a'].map((end) => `${'a'.repeat(235)}${end}${'b'.repeat(17)}`)) {
      const subject = { kind: 'NetworkPolicy', namespace: 'shop', name } as const;
      const [news] = eventDraftsOf({ ...shopNews, findings: [{ ...closed, subject }] });
      expect(news?.name.length).toBeLessThanOrEqual(253);
      expect(news?.name).toMatch(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/);
    }
  });

  test.each(['a', 'ß', '€', '😀'])(
    'has a note of at most 1024 bytes, cut between characters (%s)',
    (character) => {
      const [news] = eventDraftsOf({
        ...shopNews,
        findings: [{ ...closed, message: character.repeat(1100) }],
      });
      const size = Buffer.byteLength(news?.note ?? '');
      expect(size).toBeLessThanOrEqual(1024);
      expect(size).toBeGreaterThan(1024 - 8);
      expect(news?.note).toMatch(new RegExp(`^${character}+…$`, 'u'));
      const exact = 'a'.repeat(1024 - '; open it'.length);
      expect(eventDraftsOf({ ...shopNews, findings: [{ ...closed, message: exact }] })[0]?.note).toBe(
        `${exact}; open it`,
      );
    },
  );

  test('is not what is information only', () => {
    const codes = Object.keys(findingKinds) as Finding['code'][];
    const findings = codes.map((code) => ({ ...closed, code }));
    const told = eventDraftsOf({ ...shopNews, findings }).map(({ reason }) => reason);
    expect(codes.filter((code) => !told.includes(code))).toEqual([
      ...[
        'ForeignPolicy',
        'PortsUnclear',
        'SourceMissing',
        'EgressOpen',
        'ProfileWithoutRing',
        'SelectsEveryPod',
        'PortNameDiffers',
        'PolicyRedundant',
        'RuleRedundant',
      ],
      ...['EgressNotIsolated', 'HostNetworkAmongSelected', 'BlockCoversPods', 'DirectionsMixed'],
    ]);
  });
});

describe('an Event', () => {
  test('holds the news, its reporter and the time', () => {
    const [news] = eventDraftsOf({ ...shopNews, findings: [closed] });
    if (news === undefined) throw new Error('there is no news');
    expect(eventOf(news, 'ringfence-0', '2026-01-02T15:04:05.000000Z')).toEqual({
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name: news.name, namespace: 'shop' },
      eventTime: '2026-01-02T15:04:05.000000Z',
      action: 'Reconcile',
      reportingController: 'ringfence.dev/operator',
      reportingInstance: 'ringfence-0',
      type: 'Warning',
      reason: 'EntranceClosed',
      note: 'it is closed; open it',
      regarding: {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        namespace: 'shop',
        name: 'ringfence-default-deny-ingress',
      },
    });
  });
});
