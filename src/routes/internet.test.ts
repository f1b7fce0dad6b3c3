// The end `internet`: which addresses are public, whatever the cluster is.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { runs } from '../../test/property-runs.ts';
import { addressesOf, addressesOfBlocks, addressSets } from '../model/address-set.ts';
import { withEmbedded } from '../model/embedded-addresses.ts';
import type { NonEmpty } from '../model/network-policy.ts';
import { internetEnd } from './internet.ts';
import type { ClusterRanges, RouteContext } from './route-end.ts';

const context: Omit<RouteContext, 'ranges'> = {
  namespace: 'shop',
  appLabel: 'app',
  services: new Map(),
  ingressControllers: [],
  monitoring: [],
  apiServer: [],
  controlPlane: [],
};
const common: ClusterRanges = {
  pods: ['10.244.0.0/16', 'fd00:10:244::/56'],
  services: ['10.96.0.0/16'],
  nodes: ['192.168.1.0/24'],
};

function peersIn(ranges: ClusterRanges) {
  return internetEnd.peers({}, { ...context, ranges });
}

function blocks(ranges: ClusterRanges) {
  const peers = peersIn(ranges);
  if (!peers.ok) throw new Error(peers.error.message);
  return peers.value.map((peer) => ('ipBlock' in peer ? peer.ipBlock : { cidr: 'no block' }));
}

/** What no public host has. */
const specialIPv4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
];

/** Whether a whole range is let through. */
const reaches = (cidr: string, ranges = common) =>
  addressSets.covers(addressesOfBlocks(blocks(ranges)), addressesOf([cidr]));
/** Whether an address of it is let through. */
const touches = (cidr: string, ranges = common) =>
  addressSets.overlap(addressesOfBlocks(blocks(ranges)), addressesOf([cidr]));

describe('`internet`', () => {
  test.each([
    ...['1.1.1.1/32', '8.8.8.0/24', '100.128.0.0/9', '172.32.0.0/11', '192.167.0.0/16', '223.0.0.0/8'],
    ...['2606:4700::/32', '2a00::/12', '64:ff9b::808:808/128'],
  ])('reaches what is public, of both families: %s', (cidr) => {
    expect(reaches(cidr)).toBe(true);
  });

  test.each([
    ['the metadata address of a cloud', '169.254.169.254/32'],
    ['the IPv6 metadata address of AWS', 'fd00:ec2::254/128'],
    ['the IPv6 metadata address of Google', 'fd20:ce::254/128'],
    ['the metadata address of Alibaba', '100.100.100.200/32'],
    ['the platform of Azure', '168.63.129.16/32'],
    ['the metadata address behind a translation', '64:ff9b::a9fe:a9fe/128'],
    ['the metadata address in 6to4', '2002:a9fe:a9fe::/48'],
    ['private ranges', '10.0.0.0/8'],
    ['private ranges', '172.16.0.0/12'],
    ['private ranges', '192.168.0.0/16'],
    ['private ranges of IPv6', 'fc00::/7'],
    ['private ranges behind a translation', '64:ff9b::a00:0/104'],
    ['shared ranges', '100.64.0.0/10'],
    ['link-local ranges', '169.254.0.0/16'],
    ['link-local ranges of IPv6', 'fe80::/10'],
    ['the host itself', '127.0.0.0/8'],
    ['the host itself', '::1/128'],
    ['multicast', '224.0.0.0/4'],
    ['multicast of IPv6', 'ff00::/8'],
    ['IPv4 in the clothes of IPv6', '::/32'],
  ])('keeps shut %s: %s', (_, cidr) => {
    expect(touches(cidr)).toBe(false);
  });

  test('keeps shut what of the cluster has public addresses', () => {
    const ranges: ClusterRanges = {
      pods: ['34.0.0.0/14', '2600:1f00::/40'],
      services: ['34.0.1.0/24', '10.96.0.0/16'],
      nodes: ['35.0.0.7/32'],
    };
    for (const cidr of ['34.0.0.0/14', '2600:1f00::/40', '35.0.0.7/32', '64:ff9b::2200:0/110']) {
      expect(touches(cidr, ranges)).toBe(false);
    }
    expect(reaches('34.4.0.0/14', ranges)).toBe(true);
    expect(reaches('35.0.0.8/32', ranges)).toBe(true);
  });

  test('has no address in it that holds one which it keeps shut', () => {
    const ranges: ClusterRanges = { ...common, nodes: ['20.5.5.5/32', '192.168.1.0/24'] };
    const reached = withEmbedded(addressesOfBlocks(blocks(ranges)));
    const shut = [...specialIPv4, '10.244.0.0/16', '20.5.5.5/32'];
    expect(addressSets.overlap(reached, addressesOf(shut))).toBe(false);
  });

  test('is the same whatever private ranges the cluster has', () => {
    const other: ClusterRanges = { pods: ['172.20.0.0/16'], services: ['10.0.0.0/8'], nodes: ['fd01::/64'] };
    expect(blocks(other)).toEqual(blocks(common));
  });

  test('waits until it is known what is inside, because a rule must not be wider for what is not known', () => {
    const peers = peersIn({ ...common, pods: undefined });
    expect(peers).toEqual({
      ok: false,
      error: {
        state: 'Pending',
        reason: 'ClusterRangesUnknown',
        message: expect.stringContaining('`spec.cluster.podRanges` of the platform profile'),
      },
    });
    expect(peersIn({ ...common, pods: ['0.0.0.0/0'], nodes: ['::/0'] })).toMatchObject({
      ok: false,
      error: { reason: 'ClusterRangesUnknown' },
    });
  });

  test('has exceptions that the API server takes, whatever the ranges of the cluster: each smaller and inside, none twice', () => {
    const cidr = fc.constantFrom(
      ...['10.0.0.0/8', '8.0.0.0/7', '8.8.0.0/16', '8.8.8.0/24', '34.0.0.0/14', '0.0.0.0/1', '2000::/4'],
      ...['2600::/12', '2600:1f00::/40', 'fd00::/8', '64:ff9b::/96', '64:ff9b::/104'],
    );
    const list = fc.array(cidr, { minLength: 1, maxLength: 4 }) as fc.Arbitrary<unknown> as fc.Arbitrary<
      NonEmpty<string>
    >;
    fc.assert(
      fc.property(list, list, list, (pods, services, nodes) => {
        const ranges = { pods, services, nodes };
        for (const { cidr: whole, except = [] } of blocks(ranges)) {
          const all = addressesOf([whole]);
          const parts = except.map((part) => addressesOf([part]));
          const isSound = parts.every(
            (part, at) =>
              except[at] !== whole &&
              addressSets.covers(all, part) &&
              !parts.slice(at + 1).some((other) => addressSets.overlap(part, other)),
          );
          expect([whole, except, isSound]).toEqual([whole, except, true]);
        }
        expect([...pods, ...services, ...nodes].filter((inside) => touches(inside, ranges))).toEqual([]);
      }),
      runs(50),
    );
  });
});
