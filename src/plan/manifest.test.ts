import { describe, expect, test } from '@jest/globals';
import { denying } from '../../test/fixtures.ts';
import { foreignMetadata, manifestOf } from './manifest.ts';

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
    expect(metadata.labels['ringfence.dev/profile']).toMatch(/^a{46}-[0-9a-v]{16}$/);
  });

  test('carries a resource version only if it replaces', () => {
    expect(manifestOf(deny, { resourceVersion: '7' })).toMatchObject({ metadata: { resourceVersion: '7' } });
    expect(JSON.stringify(manifestOf(deny))).not.toContain('resourceVersion');
  });
});

describe('what others put on a policy of ours', () => {
  const team = {
    ...denying('ringfence-team', 'Ingress'),
    owner: { kind: 'AppNetworkProfile', name: 'team', uid: 'uid-of-team' },
    origins: [['web']],
  } as const;

  test('is nothing if nobody else has touched it, whoever owned it before', () => {
    const { metadata } = manifestOf(team) as { metadata: object };
    expect(foreignMetadata(metadata)).toBeUndefined();
    expect(foreignMetadata({ ...metadata, finalizers: [] })).toBeUndefined();
  });

  test('stays when it is replaced, beside what we write anew', () => {
    const { metadata } = manifestOf(team) as { metadata: { labels: object; annotations: object } };
    const foreign = foreignMetadata({
      labels: { ...metadata.labels, team: 'red' },
      annotations: { ...metadata.annotations, 'vpc.amazonaws.com/seen': 'yes' },
      finalizers: ['networking.k8s.aws/resources'],
    });
    expect(foreign).toEqual({
      labels: { team: 'red' },
      annotations: { 'vpc.amazonaws.com/seen': 'yes' },
      finalizers: ['networking.k8s.aws/resources'],
    });
    const platforms = { ...denying('ringfence-team', 'Ingress'), description: 'new' };
    expect(manifestOf(platforms, { resourceVersion: '7' }, foreign)).toMatchObject({
      metadata: {
        resourceVersion: '7',
        labels: { 'app.kubernetes.io/managed-by': 'ringfence', team: 'red' },
        annotations: { 'ringfence.dev/description': 'new', 'vpc.amazonaws.com/seen': 'yes' },
        finalizers: ['networking.k8s.aws/resources'],
      },
    });
    expect(manifestOf(platforms, {}, foreign)).not.toMatchObject({
      metadata: { labels: { 'ringfence.dev/profile': 'team' } },
    });
  });
});
