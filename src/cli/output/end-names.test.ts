import { describe, expect, test } from '@jest/globals';
import type { AddressEnd, Endpoint } from '../../analyze/endpoints.ts';
import { publicPeers } from '../../routes/internet.ts';
import { endNames, endNamesAmong } from './end-names.ts';

const workload = (key: string): { readonly workload: { kind: string; namespace: string; name: string } } => {
  const [namespace = '', name = ''] = key.split('/');
  return { workload: { kind: 'Deployment', namespace, name } };
};

const internet: readonly AddressEnd[] = publicPeers().flatMap((peer) =>
  'ipBlock' in peer ? [peer.ipBlock] : [],
);

/** The internet without one address, which is a part of its own. */
const parted = internet.map(({ cidr, except = [] }) => ({
  cidr,
  except: cidr === '0.0.0.0/0' ? [...except, '1.1.1.1/32'] : except,
}));

describe('the name of addresses', () => {
  test.each<[string, readonly Endpoint[], readonly string[]]>([
    ['every address', [{ cidr: '0.0.0.0/0' }, { cidr: '::/0' }], ['any address']],
    [
      'every address but a few',
      [
        { cidr: '0.0.0.0/0', except: ['10.96.0.0/16', '192.0.2.1/32'] },
        { cidr: '::/0', except: ['fd00:10:96::/112'] },
      ],
      ['any address except 10.96.0.0/16, 192.0.2.1/32, fd00:10:96::/112'],
    ],
    [
      'what fills an exception',
      [{ cidr: '0.0.0.0/0', except: ['192.0.2.1/32'] }, { cidr: '::/0' }, { cidr: '192.0.2.1/32' }],
      ['any address'],
    ],
    ['one family', [{ cidr: '0.0.0.0/0' }], ['0.0.0.0/0']],
    ['all public addresses', internet, ['the internet']],
    ['those of IPv4', internet.slice(0, 1), ['the internet (IPv4)']],
    ['those beside private ones', [{ cidr: '10.0.0.0/8' }, ...internet], ['the internet', '10.0.0.0/8']],
    ['all but one of them', parted, ['the internet except 1.1.1.1/32']],
    ['parts that are all of them together', [...parted, { cidr: '1.1.1.1/32' }], ['the internet']],
    ['a few public addresses', [{ cidr: '1.1.1.0/24' }], ['1.1.1.0/24']],
    [
      'public and private addresses in one range',
      [{ cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] }],
      ['0.0.0.0/0 except 10.0.0.0/8'],
    ],
  ])('says %s', (_, ends, names) => {
    expect(endNames(ends)).toEqual(names);
  });
});

test('all workloads have one name, and so have all of a namespace with more than one', () => {
  const all = ['pay/api', 'shop/mongo', 'shop/web'].map(workload);
  const nameEnds = endNamesAmong(all);
  expect(nameEnds(all)).toEqual(['every workload']);
  expect(nameEnds(all.slice(1))).toEqual(['shop/*']);
  expect(nameEnds(all.slice(0, 2))).toEqual(['pay/api', 'shop/mongo']);
  expect(nameEnds([...all, { cidr: '10.0.0.1/32' }])).toEqual(['every workload', '10.0.0.1']);
});
