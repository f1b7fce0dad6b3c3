import { describe, expect, test } from '@jest/globals';
import { denying } from '../../test/fixtures.ts';
import { manifestOf } from './manifest.ts';

describe('the manifest of a policy', () => {
  const deny = denying('ringfence-default-deny-ingress', 'Ingress');
  const routes = {
    ...deny,
    owner: { kind: 'AppNetworkProfile', name: 'a'.repeat(80), uid: 'uid-of-team' },
  } as const;

  test('has a controller that garbage collection follows and that blocks no deletion', () => {
    expect(manifestOf(deny)).toEqual({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: {
        namespace: 'shop',
        name: 'ringfence-default-deny-ingress',
        labels: { 'app.kubernetes.io/managed-by': 'ringfence' },
        annotations: { 'ringfence.dev/description': 'denies Ingress' },
        ownerReferences: [
          {
            apiVersion: 'ringfence.dev/v1alpha1',
            kind: 'PlatformNetworkProfile',
            name: 'default',
            uid: 'uid-of-platform',
            controller: true,
            blockOwnerDeletion: false,
          },
        ],
      },
      spec: { podSelector: {}, policyTypes: ['Ingress'] },
    });
  });

  test("names a team's profile in a label, cut to what a label value may hold", () => {
    const { metadata } = manifestOf(routes) as { metadata: { labels: Record<string, string> } };
    expect(metadata.labels['ringfence.dev/profile']).toMatch(/^a{52}-[0-9a-f]{10}$/);
  });

  test('carries a resource version only where it replaces', () => {
    expect(manifestOf(deny, { resourceVersion: '7' })).toMatchObject({ metadata: { resourceVersion: '7' } });
    expect(JSON.stringify(manifestOf(deny))).not.toContain('resourceVersion');
  });
});
