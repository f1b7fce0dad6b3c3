// A status that is followed: what people see of a change, on a terminal and where lines are kept.
import { describe, expect, test } from '@jest/globals';
import type { ClusterStatus, NamespaceStatus } from './cluster-status.ts';
import { formatStatus, type ShownStatus } from './status-text.ts';

const at = '2026-01-02T15:04:05Z';

const namespace = (name: string, change: Partial<NamespaceStatus> = {}): NamespaceStatus => ({
  namespace: name,
  enforcement: 'Enforce',
  outside: undefined,
  open: undefined,
  egress: 'Unrestricted',
  rule: undefined,
  changing: false,
  policies: { existing: 2, desired: 2, missing: 0 },
  routes: [],
  waiting: [],
  pausedUntil: undefined,
  findings: [],
  failure: undefined,
  ...change,
});

const misspelt = {
  code: 'SelectsNoPods',
  subject: { kind: 'AppNetworkProfile', namespace: 'shop', name: 'shop' },
  message: 'route `in`: no pod has the labels `app=wbe`',
  hint: 'did you mean `app=web`?',
} as const;

const cluster = (...namespaces: readonly NamespaceStatus[]): ClusterStatus => ({
  operator: { state: 'Active' },
  namespaces,
  findings: [],
});

function text(shown: Partial<ShownStatus>, place: { room?: number; height?: number } = {}): string {
  const context = { paint: (_: unknown, text: string) => text, note: () => undefined, ...place };
  return formatStatus({ status: cluster(), withRoutes: false, operatorNamespace: 'ops', ...shown }, context);
}

const before = cluster(namespace('a'), namespace('b'), namespace('c'));
const broken = { policies: { existing: 1, desired: 2, missing: 1 } };

describe('where lines are kept, a change', () => {
  test('is the time and the namespaces that are different', () => {
    const lines = text({
      at,
      before,
      status: cluster(namespace('a'), namespace('b', broken), namespace('c')),
    })
      .split('\n')
      .map((line) => line.replaceAll(/ {2,}/g, '  '));
    expect(lines.slice(0, 3)).toEqual([
      at,
      'NAMESPACE  ENFORCEMENT  EGRESS  RULE  POLICIES  ROUTES  FINDINGS  CHANGE',
      'b  Enforce  Unrestricted  -  1/2  -  -  POLICIES was 2/2',
    ]);
    expect(lines[3]).toMatch(/^the operator has not yet done what it should/);
    expect(lines.slice(4)).toEqual(['']);
  });

  test('leaves out what was found before of the cluster', () => {
    const found = { ...before, findings: [misspelt] };
    const same = text({ at, before: found, status: { ...found, namespaces: [namespace('b', broken)] } });
    expect(same).not.toContain('SelectsNoPods');
    expect(text({ at, before, status: found })).toBe(
      `${at}\nnew: warning SelectsNoPods: ${misspelt.message}; ${misspelt.hint}\n`,
    );
    expect(text({ at, before: found, status: before })).toMatch(/\ngone: warning SelectsNoPods: /);
  });

  test('of the operator is said in words, in both directions', () => {
    const silent: ClusterStatus = { ...before, operator: { state: 'Silent' } };
    expect(text({ at, before, status: silent })).toBe(
      `${at}\nthe operator is not active: it has given its lease back; what is written stays, and nothing follows changes; see \`kubectl get pods -n ops\`\n`,
    );
    expect(text({ at, before: silent, status: before })).toBe(`${at}\nthe operator is active again\n`);
  });
});

describe('on a terminal, a change', () => {
  const place = { room: 200, height: 40 };

  test('is marked in the whole table', () => {
    const shown = text({ at, before, status: cluster(namespace('a'), namespace('b', broken)) }, place);
    expect(shown.match(/^(a|b|c) .*$/gm)?.map((line) => line.split(/ {2,}/).at(-1))).toEqual([
      '-',
      'POLICIES was 2/2',
      'gone',
    ]);
    expect(shown).toContain('\n2 enforced\n');
  });

  test('is seen whatever room there is', () => {
    const status = cluster(namespace('a'), namespace('b'), namespace('c', broken));
    expect(text({ at, before, status }, { room: 200, height: 7 })).toMatch(/^c .*\nand 2 more, as before$/m);
  });
});

describe('the status of a namespace', () => {
  const route = { profile: 'shop', route: 'in', reason: 'Active' } as const;
  const good = namespace('shop', { routes: [{ ...route, state: 'Active', message: 'its rule is written' }] });
  const waiting = namespace('shop', {
    routes: [
      {
        ...{ ...route, state: 'Pending', reason: 'ServiceMissing' },
        ...{ message: 'there is no Service `wbe`', hint: 'did you mean `web`?' },
      },
    ],
    findings: [
      misspelt,
      {
        ...{ ...misspelt, code: 'ServiceMissing', path: 'spec.routes[in].to.service' },
        message: 'route `in` is not in force: there is no Service `wbe`',
      },
    ],
  });

  test('has the findings of lint, with what to do, and each once', () => {
    const shown = text({ withRoutes: true, status: cluster(waiting) });
    expect(shown).toMatch(/^shop +in +Pending +there is no Service `wbe`; did you mean `web`\?$/m);
    expect(shown).toMatch(/^warning SelectsNoPods: route `in`: no pod .*; did you mean `app=web`\?$/m);
    expect(shown.match(/there is no Service/g)).toHaveLength(1);
    expect(shown).not.toContain('ringfence lint');
  });

  test('names the command that prints what has no room in a line', () => {
    const long = { ...misspelt, hint: 'add to a profile:\n- name: in' };
    const shown = text({ withRoutes: true, status: cluster(namespace('shop', { findings: [long] })) });
    expect(shown).toMatch(/^warning SelectsNoPods: route `in`: no pod has the labels `app=wbe`$/m);
    expect(shown).toMatch(/\n\n`ringfence lint -n shop` prints what to write\n$/);
  });

  test('marks findings and routes that are new, different or gone', () => {
    const [now, then] = [cluster(waiting), cluster(good)];
    expect(text({ at, withRoutes: true, status: now, before: then })).toMatch(
      /^shop +in +Pending .* STATE was Active, MESSAGE was its rule is written\n\nnew: warning SelectsNoPods:/m,
    );
    expect(text({ at, withRoutes: true, status: then, before: now })).toMatch(
      /^gone: warning SelectsNoPods:/m,
    );
  });
});
