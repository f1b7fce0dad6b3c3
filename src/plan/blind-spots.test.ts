import { expect, test } from '@jest/globals';
import { goneFindings, unreadableFindings } from './blind-spots.ts';

const platform = { name: 'default' };

test('a kind that is gone is reported the platform profile, with what brings it back', () => {
  expect(goneFindings(platform, [])).toEqual([]);
  expect(goneFindings(platform, ['appnetworkprofiles.ringfence.dev'])).toEqual([
    {
      code: 'KindGone',
      subject: { kind: 'PlatformNetworkProfile', name: 'default' },
      message:
        'the cluster no longer knows `appnetworkprofiles.ringfence.dev`: until it does, nothing is written or deleted because of it',
      hint: 'install the CRDs with `kubectl apply -k config/crd`, and then the profiles',
    },
  ]);
});

test('an object that cannot be read is reported about its namespace, or about the platform profile if it has none', () => {
  const objects = new Map([
    ['services', [{ namespace: 'shop', name: 'web', message: 'x is not a function' }]],
    ['nodes', [{ namespace: '', name: 'a', message: 'y is undefined' }]],
  ]);
  expect(unreadableFindings(platform, objects)).toMatchObject([
    {
      code: 'Unreadable',
      subject: { kind: 'Namespace', name: 'shop' },
      message: expect.stringContaining('`shop/web` of services: x is not a function'),
    },
    { code: 'Unreadable', subject: { kind: 'PlatformNetworkProfile', name: 'default' } },
  ]);
});
