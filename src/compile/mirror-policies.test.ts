import { expect, test } from '@jest/globals';
import type { LabelSelector } from '../model/selectors.ts';
import { mirrorPolicies } from './mirror-policies.ts';
import type { Mirror } from './mirrors-across.ts';

const owner = { kind: 'PlatformNetworkProfile', name: 'default', uid: 'platform' } as const;

function mirror(asker: string, pods: LabelSelector): Mirror {
  const [destination = ''] = asker.split('/');
  const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': destination } };
  return {
    opening: { direction: 'Egress', pods, rule: { peers: [{ namespaceSelector, podSelector: {} }] } },
    destination,
    asker,
  };
}

test('mirrors are the same in whatever order they are found, also where the same pods are written in two ways', () => {
  const mirrors = [mirror('pay/team/in', { matchLabels: {} }), mirror('audit/team/in', {})];
  const made = mirrorPolicies('shop', owner, mirrors);
  expect(JSON.stringify(mirrorPolicies('shop', owner, mirrors.toReversed()))).toBe(JSON.stringify(made));
  expect(made.map(({ spec }) => spec.podSelector)).toEqual([{}]);
});
