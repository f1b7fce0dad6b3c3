import { describe, expect, test } from '@jest/globals';
import type { NonEmpty, Peer, PolicyPort, Rule } from './network-policy.ts';
import { isCovered } from './rule-cover.ts';

const tcp = (port: number): PolicyPort => ({ protocol: 'TCP', port });
const rule = (peers: NonEmpty<Peer>, ...ports: readonly number[]): Rule => {
  const [first, ...rest] = ports.map(tcp);
  return { peers, ...(first === undefined ? {} : { ports: [first, ...rest] }) };
};
const block = (cidr: string, ...except: readonly string[]): Peer => ({
  ipBlock: { cidr, ...(except.length === 0 ? {} : { except }) },
});
const shop: Peer = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } } };
const web = { matchLabels: { app: 'web' } };
const everyPod: Peer = { namespaceSelector: {} };

describe('a rule', () => {
  test.each<[string, Rule, readonly Rule[]]>([
    ['by itself', rule([shop], 80), [rule([shop], 80)]],
    ['by one on more ports', rule([shop], 80), [rule([shop])]],
    ['by one for more pods', rule([{ ...shop, podSelector: web }]), [rule([shop])]],
    ['by one for every namespace', rule([shop]), [rule([everyPod])]],
    [
      'by one for every namespace, where it is about the own',
      rule([{ podSelector: web }]),
      [rule([everyPod])],
    ],
    [
      'by several, each for some of its peers',
      rule([shop, block('10.0.0.0/8')]),
      [rule([everyPod]), rule([block('0.0.0.0/0')])],
    ],
    [
      'by two halves of its range',
      rule([block('10.0.0.0/8')]),
      [rule([block('10.0.0.0/9')]), rule([block('10.128.0.0/9')])],
    ],
    [
      'by a range whose exceptions it has too',
      rule([block('10.0.0.0/8', '10.1.0.0/16')]),
      [rule([block('0.0.0.0/0', '10.1.2.0/24')])],
    ],
  ])('is covered %s', (_, inner, outer) => {
    expect(isCovered(inner, outer)).toBe(true);
  });

  test.each<[string, Rule, readonly Rule[]]>([
    ['by nothing', rule([shop]), []],
    ['by one on other ports', rule([shop], 80), [rule([shop], 81)]],
    ['by one on some of its ports', rule([shop]), [rule([shop], 80)]],
    ['by one that asks more of the pods', rule([shop]), [rule([{ ...shop, podSelector: web }])]],
    ['by one for the own namespace, where it is about others', rule([shop]), [rule([{ podSelector: {} }])]],
    ['by one for some of its peers', rule([shop, block('10.0.0.0/8')]), [rule([everyPod])]],
    ['by a range, where it is about pods: CNIs differ', rule([shop]), [rule([block('0.0.0.0/0')])]],
    ['by pods, where it is about a range: CNIs differ', rule([block('10.244.0.0/16')]), [rule([everyPod])]],
    [
      'by a range with an exception in it',
      rule([block('10.0.0.0/8')]),
      [rule([block('0.0.0.0/0', '10.1.2.0/24')])],
    ],
    ['by the same range of the other family', rule([block('::/0')]), [rule([block('0.0.0.0/0')])]],
  ])('is not covered %s', (_, inner, outer) => {
    expect(isCovered(inner, outer)).toBe(false);
  });
});
