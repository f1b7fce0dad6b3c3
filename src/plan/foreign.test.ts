import { describe, expect, test } from '@jest/globals';
import { foreign } from '../../test/fixtures.ts';
import { foreignFindings } from './foreign.ts';

const open = foreign('open', { ingress: [{}], egress: [{}], policyTypes: ['Ingress', 'Egress'] });

describe("the findings about somebody else's policies", () => {
  test('count and name them, in one finding', () => {
    const found = foreignFindings('shop', [foreign('b'), foreign('a')], ['Ingress']);
    expect(found).toEqual([
      expect.objectContaining({
        code: 'ForeignPolicy',
        subject: { kind: 'Namespace', name: 'shop' },
        message: 'policies that Ringfence did not write add to the ring of `shop` (2): `a`, `b`',
      }),
    ]);
  });

  test('name the first few, and count the rest', () => {
    const many = Array.from({ length: 7 }, (_, index) => foreign(`p${7 - index}`));
    expect(foreignFindings('shop', many, ['Ingress'])[0]?.message).toMatch(
      / \(7\): `p1`, `p2`, `p3`, `p4`, `p5` and 2 more$/,
    );
  });

  test('say what they deny that the ring leaves open', () => {
    const closing = foreign('closing', { policyTypes: ['Ingress', 'Egress'] });
    const all = [open, closing, foreign('a')];
    const [found] = foreignFindings('shop', all, ['Ingress']);
    expect(found?.message).toMatch(
      / \(3\): `a`, `closing`, `open`; the ring leaves egress open, and `closing` denies what no policy allows$/,
    );
    expect(foreignFindings('shop', all, ['Ingress', 'Egress'])[0]?.message).toMatch(/`open`$/);
  });

  test('name each policy that lets everyone through although the ring would not', () => {
    const codes = foreignFindings('shop', [open, foreign('a')], ['Ingress']).map(
      ({ code, subject }) => `${code} ${subject.name}`,
    );
    expect(codes).toEqual(['ForeignPolicy shop', 'ForeignAllowAll open']);
    const [, inOnly] = foreignFindings('shop', [open], ['Ingress']);
    expect(inOnly?.message).toContain('allows all ingress: ');
    const [, both] = foreignFindings('shop', [open], ['Ingress', 'Egress']);
    expect(both?.message).toContain('allows all ingress and all egress of its pods: ');
  });

  test('are none in a namespace that is not ringed, and none without such policies', () => {
    expect(foreignFindings('shop', [open], [])).toEqual([]);
    expect(foreignFindings('shop', [], ['Ingress'])).toEqual([]);
  });

  test('are the same in any order', () => {
    const all = [open, foreign('a'), foreign('z')];
    expect(foreignFindings('shop', all.toReversed(), ['Ingress'])).toEqual(
      foreignFindings('shop', all, ['Ingress']),
    );
  });
});
