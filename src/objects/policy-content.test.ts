import { describe, expect, test } from '@jest/globals';
import type { RawObject } from '../kube/resource.ts';
import type { DesiredPolicy } from '../model/policies.ts';
import { manifestOf } from '../plan/manifest.ts';
import { readContent } from './policy-content.ts';

const written: DesiredPolicy = {
  namespace: 'shop',
  name: 'ringfence-shop-web-out',
  owner: { kind: 'AppNetworkProfile', name: 'shop', uid: 'uid-of-shop' },
  description: 'allows it',
  origins: [['api', 'again'], ['range']],
  discoveredFor: { 0: 'kubernetesAPI' },
  spec: {
    podSelector: { matchLabels: { app: 'web' } },
    policyTypes: ['Egress'],
    egress: [
      { to: [{ ipBlock: { cidr: '10.96.0.1/32' } }], ports: [{ protocol: 'TCP', port: 443 }] },
      { to: [{ ipBlock: { cidr: '198.51.100.0/24' } }] },
    ],
  },
};
const stored = manifestOf(written) as RawObject;
const annotated = (annotations: Readonly<Record<string, string>>) =>
  readContent({ ...stored, metadata: { ...stored.metadata, annotations } });

describe('what a policy says', () => {
  test('is read with the origins of each rule, and with the end of its discovered addresses', () => {
    expect(readContent(stored)).toEqual({
      owner: written.owner,
      description: 'allows it',
      pods: { matchLabels: { app: 'web' } },
      direction: 'Egress',
      rules: [
        {
          peers: [{ ipBlock: { cidr: '10.96.0.1/32' } }],
          ports: [{ protocol: 'TCP', port: 443 }],
          origins: ['api', 'again'],
          discoveredFor: 'kubernetesAPI',
        },
        {
          peers: [{ ipBlock: { cidr: '198.51.100.0/24' } }],
          ports: [],
          origins: ['range'],
          discoveredFor: undefined,
        },
      ],
    });
  });

  test.each([
    ['are absent', {}],
    ['are no JSON', { 'ringfence.dev/routes': '[[', 'ringfence.dev/found-for': '{' }],
    ['hold something else', { 'ringfence.dev/routes': '"all"', 'ringfence.dev/found-for': '[7]' }],
    ['name some of many', { 'ringfence.dev/routes': '[["api","and 700 more"],["b",1]]' }],
  ])('is not known by whom where the annotations %s', (_, annotations) => {
    const rules = annotated(annotations)?.rules ?? [];
    expect(rules.map(({ origins, discoveredFor }) => [origins, discoveredFor])).toEqual([
      [undefined, undefined],
      [undefined, undefined],
    ]);
  });

  test('is not read if it is not in the form that we write', () => {
    expect(
      readContent({ ...stored, spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] } }),
    ).toBeUndefined();
    expect(readContent({ ...stored, metadata: { ...stored.metadata, ownerReferences: [] } })).toBeUndefined();
  });
});
