// What a way in says of those whom it lets in: whether there are any, and what it says of very many.
import { describe, expect, test } from '@jest/globals';
import { namespace, platform, profile, type Routes, view } from '../../../test/fixtures.ts';
import { severityOf } from '../../model/findings.ts';
import type { NamespaceFacts } from '../../view/cluster-view.ts';
import { compile } from '../compile.ts';
import { namespacesAffectedByNamespace } from './affected-namespaces.ts';

const active = { state: 'Active', reason: 'Active' };
const shop = namespace('shop');
const pay = namespace('pay', { tier: 'money', team: 'pay' });
const bank = namespace('bank', { tier: 'money', team: 'bank' });

const lettingIn = (where: object) =>
  profile('shop/db', {
    routes: [{ name: 'in', from: { namespace: where }, to: { app: 'db' } }] as unknown as Routes,
  });

/** The result of a route of the shop that lets in `where`, where these are the others. */
function lets(where: object, others: readonly NamespaceFacts[] = [pay, bank]) {
  const compiled = compile(
    view({
      platform: platform({ egress: 'Restricted' }),
      namespaces: [shop, ...others],
      profiles: [lettingIn(where)],
    }),
  );
  const [route] = compiled.namespaces.flatMap(({ profiles }) => profiles.flatMap(({ routes }) => routes));
  return { ...route, findings: compiled.findings };
}

describe('a route from namespaces of which there is none', () => {
  const labelled = (matchLabels: object) => ({ selector: { matchLabels } });
  const namedGone = 'there is no namespace `gone` yet';
  const noneLabelled = 'no namespace has the labels that it selects yet';

  test.each<[string, object, string]>([
    ['by its name', { name: 'gone' }, namedGone],
    ['by the label that is its name', labelled({ 'kubernetes.io/metadata.name': 'gone' }), namedGone],
    ['by labels', labelled({ tier: 'monye' }), noneLabelled],
    [
      'by labels of which none has all',
      labelled({ tier: 'money', 'kubernetes.io/os': 'linux' }),
      noneLabelled,
    ],
    ['by one of several values', { selector: { matchExpressions: [anyOf('x', 'y')] } }, noneLabelled],
  ])('%s is written for the day when it comes, and says so', (_, where, why) => {
    expect(lets(where)).toMatchObject({
      state: 'Active',
      reason: 'SourceMissing',
      message: `its rule is written, but ${why}`,
      allowRules: [{ direction: 'Ingress' }],
    });
  });

  test('says so no more once it came', () => {
    expect(lets({ name: 'gone' }, [namespace('gone')])).toMatchObject(active);
    expect(lets(labelled({ tier: 'monye' }), [namespace('gone')]).reason).toBe('SourceMissing');
    const waitsForNobody = { ...namespace('gone', { tier: 'monye' }), terminating: true };
    expect(lets(labelled({ tier: 'monye' }), [waitsForNobody])).toMatchObject(active);
  });

  test.each<[string, object]>([
    ['everybody is meant', { selector: {} }],
    ['whoever lacks a label is meant', { selector: { matchExpressions: [lacks('team')] } }],
  ])('does not say so where %s', (_, where) => {
    expect(lets(where)).toMatchObject(active);
    expect(lets(where, [])).toMatchObject(active);
  });

  test('is no error: whoever writes routes first and makes namespaces then is right', () => {
    expect(lets({ name: 'gone' }).findings.filter(({ code }) => code !== 'DnsUnknown')).toEqual([]);
    expect(severityOf({ code: 'SourceMissing', ...about })).toBe('info');
  });

  test('is a slip if one with a similar name exists, and looked at again when that comes or goes', () => {
    const meant = namespace('gnoe');
    expect(lets({ name: 'gone' }, [meant])).toMatchObject({
      state: 'Active',
      reason: 'NamespaceMisspelt',
      message: `its rule is written, but ${namedGone}`,
      hint: 'did you mean `gnoe`?',
    });
    const given = view({ platform: platform(), namespaces: [shop], profiles: [lettingIn({ name: 'gone' })] });
    expect([...namespacesAffectedByNamespace(given, meant, undefined)].sort()).toEqual(['gnoe', 'shop']);
    expect([...namespacesAffectedByNamespace(given, undefined, bank)]).toEqual(['bank']);
  });

  test('is looked at again when one comes or goes, by its name or with its labels', () => {
    const given = view({
      platform: platform(),
      namespaces: [shop],
      profiles: [lettingIn({ name: 'gone' })],
    });
    const gone = namespace('gone');
    expect([...namespacesAffectedByNamespace(given, gone, undefined)].sort()).toEqual(['gone', 'shop']);
    expect([...namespacesAffectedByNamespace(given, undefined, gone)].sort()).toEqual(['gone', 'shop']);
    expect([...namespacesAffectedByNamespace(given, gone, namespace('gone', { a: 'b' }))]).toEqual(['gone']);
  });
});

describe('a route from ten thousand namespaces by their labels', () => {
  const many = Array.from({ length: 10_000 }, (_, index) => namespace(`team-${index}`, { team: 'any' }));
  const any = { selector: { matchLabels: { team: 'any' } } };

  test('is one rule with one peer, and waits for none of them', () => {
    expect(lets(any, many)).toMatchObject({
      ...active,
      allowRules: [{ rule: { peers: [{ namespaceSelector: any.selector }] } }],
    });
  });

  test('from a few hundred namespaces names those whose egress does not lead here', () => {
    expect(lets(any, many.slice(0, 200))).toMatchObject({ state: 'Active', reason: 'SourceClosed' });
    expect(lets(any, many.slice(0, 201))).toMatchObject(active);
  });
});

const about = { subject: { kind: 'Namespace', name: 'shop' }, message: '', hint: '' } as const;

function anyOf(...values: readonly string[]): object {
  return { key: 'tier', operator: 'In', values };
}

function lacks(key: string): object {
  return { key, operator: 'DoesNotExist' };
}
