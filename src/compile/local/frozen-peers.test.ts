import { describe, expect, test } from '@jest/globals';
import { namespace, type PlatformSpec, platform, view } from '../../../test/fixtures.ts';
import type { Peer, PolicyPort } from '../../model/network-policy.ts';
import type { RouteEndName } from '../../routes/index.ts';
import { compileNamespace } from '../compile.ts';
import type { FrozenPeer } from './frozen-peers.ts';

const known: PlatformSpec = {
  egress: 'Restricted',
  cluster: { podRanges: ['10.244.0.0/16'], serviceRanges: ['10.96.0.0/16'], nodeRanges: ['10.0.0.0/24'] },
  kubernetesAPI: { addresses: ['10.96.0.1'], ports: [443] },
};
const web = { matchLabels: { 'app.kubernetes.io/name': 'web' } };

function way(peer: Peer | undefined, more: Partial<FrozenPeer> = {}): FrozenPeer {
  return { direction: 'Egress', pods: web, peer, ports: [], discoveredFor: undefined, ...more };
}
const block = (cidr: string, more: Partial<FrozenPeer> = {}) => way({ ipBlock: { cidr } }, more);

/** The peers that stay in `shop` where its routes may use these ends. */
function staying(ends: readonly RouteEndName[] | undefined, peers: readonly FrozenPeer[], spec = known) {
  const rule = { name: 'tight', namespaces: { names: ['*'] }, ...(ends && { allow: { ends } }) };
  const facts = namespace('shop');
  const profile = platform({ ...spec, rules: [rule] });
  const { forbidden } = compileNamespace(view({ platform: profile, namespaces: [facts] }), profile, facts);
  const gone = forbidden?.(peers) ?? new Set();
  return peers.filter((peer) => !gone.has(peer));
}

describe('of rules that are in force', () => {
  const everyone = way(undefined);
  const somewhere = block('198.51.100.0/24');
  const other = way({ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'other' } } });
  const here = way({ podSelector: web });

  test('all stays where a namespace has no guardrails, or they allow anything', () => {
    const all = [everyone, somewhere, other, here, block('0.0.0.0/0')];
    expect(staying(undefined, all)).toEqual(all);
    expect(staying(['anywhere'], all)).toEqual(all);
  });

  test('what the ends do not allow goes, by address, by namespace, and for everyone', () => {
    expect(staying(['app'], [everyone, somewhere, other, here, block('0.0.0.0/0')])).toEqual([here]);
    expect(staying(['app', 'cidr'], [somewhere, other, here, block('0.0.0.0/0')])).toEqual([somewhere, here]);
    expect(staying(['app', 'namespace'], [somewhere, other, here])).toEqual([other, here]);
  });

  test('what the pods that are selected do not allow goes', () => {
    expect(staying(['app', 'cidr'], [block('198.51.100.0/24', { pods: {} })])).toEqual([]);
    expect(staying(['app', 'pods', 'cidr'], [block('198.51.100.0/24', { pods: {} })])).toHaveLength(1);
  });

  test('a range goes if it holds a place that is not allowed, on the ports of that place', () => {
    const nodes = block('10.0.0.0/16');
    expect(staying(['app', 'cidr'], [nodes])).toEqual([]);
    expect(staying(['app', 'cidr', 'cluster'], [nodes])).toEqual([nodes]);
    const on = (port: number): { readonly ports: readonly PolicyPort[] } => ({
      ports: [{ protocol: 'TCP', port }],
    });
    const [api, ssh] = [block('10.96.0.1/32', on(443)), block('10.96.0.1/32', on(22))];
    expect(staying(['app', 'kubernetesAPI'], [api, ssh])).toEqual([api]);
  });

  test('an address that was found out for an end that is allowed stays, though the end is elsewhere now', () => {
    const old = block('10.96.255.1/32', { discoveredFor: 'kubernetesAPI' });
    expect(staying(['app', 'kubernetesAPI'], [old])).toEqual([old]);
    expect(staying(['app', 'internet'], [old])).toEqual([]);
    expect(staying(['app', 'kubernetesAPI'], [block('10.96.255.1/32')])).toEqual([]);
  });

  test('no place is spared by the word of an end whose addresses people write', () => {
    const old = block('10.96.255.1/32', { discoveredFor: 'ingressController' });
    expect(staying(['app', 'ingressController'], [old])).toEqual([]);
  });

  test('an address stays if it may belong to an allowed end whose addresses are unknown', () => {
    const range = block('10.0.0.0/24');
    const unknown = { egress: 'Restricted' } as const;
    expect(staying(['app', 'nodes'], [range], unknown)).toEqual([range]);
    expect(staying(['app'], [range], unknown)).toEqual([]);
    expect(staying(['app', 'nodes'], [block('0.0.0.0/0')], unknown)).toEqual([]);
  });

  test('ranges that come to most of the internet together with those before them go', () => {
    const [quarter, half] = [block('64.0.0.0/2'), block('128.0.0.0/1')];
    expect(staying(['app', 'cidr'], [half])).toEqual([half]);
    expect(staying(['app', 'cidr'], [quarter, half, somewhere])).toEqual([quarter, somewhere]);
    expect(staying(['app', 'cidr'], [half, quarter])).toEqual([half]);
  });
});
