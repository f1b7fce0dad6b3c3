import { describe, expect, test } from '@jest/globals';
import { type KubernetesObject, node, object, observed } from '../../test/fixtures.ts';
import { discover } from './discover.ts';
import { maxAddresses } from './node-claims.ts';

const found = (...objects: readonly KubernetesObject[]) => {
  const { discovered, findings } = discover(observed(...objects), {});
  return {
    ...discovered.cluster,
    told: findings.map(({ code, path, message }) => `${code} ${path}: ${message}`),
  };
};
const withPods = (name: string, ...podCIDRs: readonly string[]) => object('Node', name, { podCIDRs });

describe('what a Node says of itself', () => {
  test.each([
    ...['169.254.169.254', '169.254.1.1', '127.0.0.1', '0.0.0.0', '224.0.0.1', '255.255.255.255'],
    ...['100.100.100.200', '168.63.129.16', '::', '::1', 'fe80::1', 'ff02::1', 'fd00:ec2::254'],
  ])('is not believed where no host can have it: the address %s', (address) => {
    const { nodeRanges, told } = found(node('good', '10.1.0.5'), node('evil', '10.1.0.6', address));
    expect(nodeRanges).toEqual(['10.1.0.5/32', '10.1.0.6/32']);
    expect(told).toEqual([
      `NodeImplausible spec.cluster.nodeRanges: Node \`evil\` claims the address \`${address}\`, which no node can have: it does not count`,
    ]);
  });

  test.each([
    '0.0.0.0/0',
    '0.0.0.0/1',
    '10.0.0.0/15',
    '169.254.0.0/16',
    '169.254.169.254/32',
    '::/0',
    '2000::/3',
    'fe80::/64',
  ])('is not believed where no node has so many pods, or where none can be: the pod range %s', (range) => {
    const { podRanges, told } = found(withPods('good', '10.244.0.0/24'), withPods('evil', range));
    expect(podRanges).toEqual(['10.244.0.0/24']);
    expect(told).toEqual([
      expect.stringContaining(
        `NodeImplausible spec.cluster.podRanges: Node \`evil\` claims the pod range \`${range}\``,
      ),
    ]);
  });

  test('is not believed if it has more addresses than a machine gets: together they could be a whole network', () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => `20.5.0.${index}`);
    const evil = found(node('good', '10.1.0.5'), node('evil', ...many(maxAddresses + 1)));
    expect(evil.nodeRanges).toEqual(['10.1.0.5/32']);
    expect(evil.told).toEqual([
      expect.stringContaining(`claims ${maxAddresses + 1} addresses, more than ${maxAddresses}`),
    ]);
    expect(found(node('good', '10.1.0.5'), node('many', ...many(maxAddresses))).told).toEqual([]);
  });

  test('leaves the fact uncertain if a part of what is not believed may be right', () => {
    const whole = (name: string, addresses: readonly string[], podCIDRs: readonly string[]) =>
      ({ ...node(name, ...addresses), spec: { podCIDRs } }) as KubernetesObject;
    const uncertain = (...more: readonly KubernetesObject[]) =>
      discover(observed(whole('good', ['10.1.0.5'], ['10.244.0.0/24']), ...more), {}).uncertain;
    const many = Array.from({ length: maxAddresses + 1 }, (_, index) => `20.5.0.${index}`);
    expect(uncertain()).not.toContain('nodeRanges');
    expect(uncertain()).not.toContain('podRanges');
    expect(uncertain(whole('evil', many, ['10.244.1.0/24']))).toContain('nodeRanges');
    expect(uncertain(whole('evil', ['10.1.0.6'], ['0.0.0.0/0']))).toContain('podRanges');
    const absurd = whole('evil', ['10.1.0.6', '169.254.169.254'], ['10.244.1.0/24']);
    expect(uncertain(absurd)).toEqual(uncertain());
  });

  test('is trusted where it is what nodes have: private and public addresses of both families, names, and ranges for pods', () => {
    const plain = node('a', '10.1.0.5', '20.5.5.5', 'fd00:1::5', '2001:db8::5', 'a.internal');
    const { nodeRanges, told } = found(plain, withPods('b', '10.244.0.0/16', 'fd00:10:244::/48'));
    expect(nodeRanges).toEqual(['10.1.0.5/32', '20.5.5.5/32', '2001:db8::5/128', 'fd00:1::5/128']);
    expect(told).toEqual([]);
  });
});
