// What the operator says of reports.
import { describe, expect, test } from '@jest/globals';
import { type CanaryFacts, judge, quantile } from './canary-verdict.ts';
import { type CanaryCheck, type CanaryReport, readCanaryReport } from './report.ts';

const check = (
  direction: CanaryCheck['direction'],
  node: string,
  outcome: CanaryCheck['outcome'],
  confirmed = true,
): CanaryCheck => ({
  ...{ direction, node, outcome, confirmed },
  family: 'IPv4',
});

const holding = [check('Ingress', 'n1', 'holds'), check('Egress', 'n2', 'holds')];

const from = (
  node: string,
  checks: readonly CanaryCheck[],
  more: Partial<CanaryReport> = {},
  silentMs = 0,
) => ({
  ...{ node, silentMs },
  report: { version: 1, number: 1, checks, capabilities: {}, ...more } satisfies CanaryReport,
});

const said = (facts: Partial<CanaryFacts>) => {
  const nodes = new Map(['n1', 'n2', 'n3'].map((name) => [name, true]));
  const { status, reason, message } = judge({ isInstalled: true, reports: [], nodes, ...facts }).condition;
  return `${status} ${reason}: ${message}`;
};

describe('policies are in force', () => {
  test('where both directions were tried, on the nodes that said so', () => {
    expect(said({ reports: [from('n1', holding), from('n2', holding)] })).toBe(
      'True Enforced: what the policies of the canary deny is denied; canary pods on 2 of 3 nodes',
    );
  });

  test('is not known of a client that has tried one direction', () => {
    expect(said({ reports: [from('n1', holding.slice(0, 1))] })).toMatch(
      /^Unknown Starting: 1 pod of the canary/,
    );
  });

  test('is not known without a canary, or before it has reported, or when it is silent', () => {
    expect(said({ isInstalled: false })).toMatch(/^Unknown NoCanary: .*apply `config\/canary`$/);
    expect(said({ trouble: 'exceeded quota' })).toBe(
      'Unknown Starting: no pod of the canary has reported yet: exceeded quota',
    );
    expect(said({ reports: [from('n1', holding, {}, 720_000)] })).toBe(
      'Unknown Silent: the canary has not reported for 12 minutes',
    );
  });

  test('is not known while nobody who is allowed reaches the denied port', () => {
    const reports = [from('n1', [check('Ingress', 'n1', 'unproven'), check('Egress', 'n2', 'holds')])];
    expect(said({ reports })).toMatch(/^Unknown Unproven: .* reaches port 8081 of the same listener/);
    const once = [from('n1', [check('Ingress', 'n1', 'unproven', false)])];
    expect(said({ reports: once })).toMatch(/^Unknown Starting/);
  });

  test('is said of the nodes that are left when some are gone', () => {
    const nodes = new Map([['n1', true]]);
    expect(said({ reports: [from('n1', holding)], nodes })).toMatch(/canary pods on 1 of 1 node$/);
    expect(said({ reports: [], nodes: new Map() })).toMatch(/^Unknown Starting: no pod/);
  });

  test('is counted without the clients that are silent', () => {
    expect(said({ reports: [from('n1', holding), from('n2', holding, {}, 720_000)] })).toMatch(
      /^True Enforced: .* on 1 of 3 nodes, and 1 pod of the canary silent$/,
    );
  });

  test('is not known in every case where a pod does not start, and the reason is there', () => {
    const trouble = 'quota';
    for (const reports of [[], [from('n1', [])], [from('n1', [], {}, 720_000)]])
      expect(said({ reports, trouble })).toMatch(/^Unknown .*: quota$/);
    expect(said({ reports: [from('n1', [check('Egress', 'n2', 'cut')])], trouble })).toMatch(/: quota$/);
  });

  test('is said although a connection that is allowed fails', () => {
    const reports = [from('n1', [...holding, check('Egress', 'n2', 'cut')])];
    expect(said({ reports })).toMatch(
      /^True Degraded: .*; degraded: allowed connections fail, from `n1` to `n2`$/,
    );
    expect(said({ reports: [from('n1', [check('Egress', 'n2', 'cut')])] })).toMatch(/^Unknown Degraded/);
  });

  test('is not degraded by a node that does not exist', () => {
    const reports = [from('n1', [...holding, check('Egress', 'forged', 'cut')])];
    expect(said({ reports })).toMatch(/^True Enforced/);
  });
});

describe('policies are not in force', () => {
  test('on the node of the listener for ingress, of the client for egress', () => {
    expect(said({ reports: [from('n1', [check('Ingress', 'n3', 'open')])] })).toMatch(
      /not in force on `n3`:/,
    );
    expect(said({ reports: [from('n1', [check('Egress', 'n3', 'open')])] })).toMatch(/not in force on `n1`:/);
  });

  test('is not said of one attempt, nor of a node that is not Ready', () => {
    expect(said({ reports: [from('n1', [check('Ingress', 'n3', 'open', false)])] })).toMatch(
      /^Unknown Starting/,
    );
    const nodes = new Map([['n3', false]]);
    expect(said({ nodes, reports: [from('n1', [check('Ingress', 'n3', 'open')])] })).not.toMatch(/^False/);
  });

  test('is not said where others changed the policies of the canary', () => {
    const reports = [from('n1', [check('Ingress', 'n3', 'open')])];
    expect(said({ changed: 'the policy `allow-all` is new', reports })).toMatch(
      /^Unknown CanaryChanged: the policy `allow-all` is new; so nothing follows/,
    );
  });
});

describe('under other policies than those of the canary', () => {
  const nodes = new Map([['n1', true]]);
  const reports = [
    from('n1', [...holding, check('Egress', 'n1', 'open'), check('Ingress', 'n1', 'cut')], {
      capabilities: { EndPort: 'No' },
      marker: { number: 1, ms: 5 },
    }),
    from('n1', [], { fresh: { openMs: 400 } }),
  ];

  test('nothing is said of nodes, of the CNI or of new pods', () => {
    const verdict = judge({ isInstalled: true, reports, nodes, changed: 'a policy is new' });
    expect(verdict).toMatchObject({ nodes: new Map(), nodeCount: 1, cut: [], effectMs: [], witnesses: [] });
    expect(verdict.newPods).toBeUndefined();
    expect(verdict.capabilities.map(({ value }) => value)).toEqual(verdict.capabilities.map(() => 'Unknown'));
  });

  test('a new pod may have tried what it reports when they are gone', () => {
    const newPods = (unchangedMs: number) =>
      judge({ isInstalled: true, reports, nodes, unchangedMs }).newPods;
    expect(newPods(50_000)).toBeUndefined();
    expect(newPods(70_000)).toEqual({ tried: 1, openMilliseconds: 400 });
  });
});

test('the time to effect is that of the newest marker', () => {
  const reports = [1, 2, 2].map((number, ms) => from(`n${ms}`, holding, { marker: { number, ms } }));
  const { effectMs } = judge({ isInstalled: true, reports, nodes: new Map() });
  expect(effectMs).toEqual([1, 2]);
  expect([quantile(effectMs, 0.5), quantile(effectMs, 0.99)]).toEqual([1, 2]);
});

describe('whom to wait for', () => {
  const witnesses = (facts: Partial<CanaryFacts>) =>
    judge({
      isInstalled: true,
      reports: [],
      nodes: new Map([
        ['n1', true],
        ['n2', true],
      ]),
      ...facts,
    }).witnesses;

  test('is every client that tells of policies in force, with the marker that it has seen', () => {
    const reports = [from('n1', holding, { marker: { number: 4 } }), from('n2', holding)];
    expect(witnesses({ reports })).toEqual([{ node: 'n1', marker: 4 }, { node: 'n2' }]);
  });

  test('is nobody who can not tell: silent, on a node that is not Ready, or where nothing is denied', () => {
    const nodes = new Map([
      ['n1', false],
      ['n2', true],
      ['n3', true],
    ]);
    const reports = [
      from('n1', holding),
      from('n2', [...holding, check('Egress', 'n1', 'open')]),
      from('n3', holding, {}, 720_000),
    ];
    expect(witnesses({ reports, nodes })).toEqual([]);
  });

  test('is nobody where others changed the policies of the canary', () => {
    expect(witnesses({ reports: [from('n1', holding)], changed: 'x' })).toEqual([]);
  });
});

test('a report that no client of this version writes is none', () => {
  const { report } = from('n1', holding);
  const [first] = holding;
  const forged = [
    ...[{ checks: 'x' }, { number: -1 }, { number: 1e300 }, { more: 1 }],
    ...['\u001b[2J', 'n1\nEnforced: True', 'n'.repeat(254), ''].map((name) => ({
      checks: [{ ...first, node: name }],
    })),
    ...[{ marker: { number: 1, ms: 1e12 } }, { fresh: { allowedMs: 1e12 } }],
  ].map((change) => ({
    ...report,
    ...change,
  }));
  const texts = [undefined, '', '{', '[]', '{"version":2}', ...forged.map((each) => JSON.stringify(each))];
  for (const text of texts) expect(readCanaryReport(text)).toBeUndefined();
  expect(readCanaryReport(JSON.stringify(report))).toEqual(report);
});

describe('new pods', () => {
  const fresh = (more: object) => from('n1', [], { fresh: more });
  const newPods = (...reports: readonly ReturnType<typeof from>[]) =>
    judge({ isInstalled: true, reports, nodes: new Map() }).newPods;

  test('are told of as the worst of them', () => {
    expect(newPods()).toBeUndefined();
    expect(newPods(fresh({ openMs: 400, allowedMs: 200 }), fresh({ allowedMs: 300 }))).toEqual({
      ...{ tried: 2, openMilliseconds: 400, allowedMilliseconds: 300 },
    });
    expect(newPods(fresh({}), fresh({ allowedMs: 300 }))).toEqual({ tried: 2 });
  });

  test('are told of for half an hour', () => {
    const old = { ...fresh({ openMs: 400 }), silentMs: 1_900_000 };
    expect(newPods(old)).toBeUndefined();
    expect(newPods(old, fresh({ allowedMs: 300 }))).toEqual({ tried: 1, allowedMilliseconds: 300 });
  });

  test('are no clients: they say nothing of whether policies are in force', () => {
    expect(said({ reports: [fresh({ openMs: 400 })] })).toMatch(
      /^Unknown Starting: no pod of the canary has/,
    );
  });
});
