import { describe, expect, test } from '@jest/globals';
import type { KubernetesObject } from '../../kube/resource.ts';
import { snapshotOf } from '../snapshot/cluster-snapshot.ts';
import { policyOrigins } from './policy-origins.ts';

function originsAmong(objects: readonly KubernetesObject[]) {
  return policyOrigins(snapshotOf(objects, 'ringfence-system'));
}

const shop = { namespace: 'shop', name: 'db' };

function originIn(
  metadata: object,
  owner?: { kind: 'AppNetworkProfile' | 'PlatformNetworkProfile'; name: string },
) {
  const object = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { ...shop, uid: '', resourceVersion: '', ...metadata },
  } as KubernetesObject;
  return originsAmong([object])({ ...shop, ...(owner && { owner }) });
}

describe('the owner of a policy', () => {
  test.each([
    ['PlatformNetworkProfile', 'platform'],
    ['AppNetworkProfile', 'namespace shop'],
  ] as const)('of a %s is the %s', (kind, owner) => {
    const managedFields = [{ manager: 'ringfence', fieldsV1: { 'f:spec': {} } }];
    expect(originIn({ managedFields }, { kind, name: 'x' })).toEqual({ owner });
  });

  test('of somebody else is its controller, or else what wrote its spec last', () => {
    const managedFields = [
      { manager: 'helm', time: '2026-01-01T00:00:00Z', fieldsV1: { 'f:spec': {} } },
      { manager: 'kubectl-edit', time: '2026-02-01T00:00:00Z', fieldsV1: { 'f:spec': {} } },
      { manager: 'calico', time: '2026-03-01T00:00:00Z', fieldsV1: { 'f:metadata': {} } },
    ];
    const ownerReferences = [{ kind: 'Kafka', name: 'events', uid: 'u', controller: true }];
    expect(originIn({ managedFields })).toEqual({ owner: 'kubectl-edit' });
    expect(originIn({ managedFields, ownerReferences })).toEqual({ owner: 'Kafka events' });
  });

  test('is absent where files tell nothing, or nonsense', () => {
    expect(originIn({})).toEqual({});
    expect(originIn({ creationTimestamp: null, managedFields: 'x', ownerReferences: {} })).toEqual({});
  });
});

test('a policy is there since it was created; one that is not written yet has no time', () => {
  expect(originIn({ creationTimestamp: '2026-01-02T15:04:05Z' })).toEqual({ since: '2026-01-02T15:04:05Z' });
  expect(originsAmong([])({ ...shop, owner: { kind: 'AppNetworkProfile', name: 'x' } })).toEqual({
    owner: 'namespace shop',
  });
});

const platform = { kind: 'PlatformNetworkProfile', name: 'default' } as const;
const ofPause = { namespace: 'shop', name: 'ringfence-pause', owner: platform };

test('the policy of a pause tells who paused, until when and why, of all that are not over', () => {
  const pause = (name: string, until: string, annotations = {}) =>
    ({
      apiVersion: 'ringfence.dev/v1alpha1',
      kind: 'NetworkPause',
      metadata: {
        ...{ name, uid: name, resourceVersion: '1', creationTimestamp: `2026-01-0${name.length}T00:00:00Z` },
        managedFields: [{ manager: `by-${name}`, fieldsV1: { 'f:spec': {} } }],
        annotations,
      },
      spec: { namespace: 'shop', until, reason: `reason ${name}` },
    }) as unknown as KubernetesObject;
  const originOf = originsAmong([
    pause('b', '2999-01-01T00:00:00Z', { 'ringfence.dev/paused-by': 'berta' }),
    pause('aa', '2998-01-01T00:00:00Z'),
    pause('ccc', '2001-01-01T00:00:00Z'),
  ]);
  expect(originOf(ofPause)).toEqual({
    owner: 'by-aa, berta',
    since: '2026-01-01T00:00:00Z',
    until: '2999-01-01T00:00:00Z',
    reason: 'reason aa; reason b',
    origins: ['NetworkPause/aa', 'NetworkPause/b'],
  });
  expect(originOf({ namespace: 'shop', name: 'ringfence-pause' })).toEqual({});
});

test('the policy of a pause that is gone has no owner: the platform only wrote it', () => {
  const policy = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: {
      ...{ namespace: 'shop', name: 'ringfence-pause', uid: 'u', resourceVersion: '1' },
      creationTimestamp: '2026-01-02T15:04:05Z',
      managedFields: [{ manager: 'ringfence', fieldsV1: { 'f:spec': {} } }],
    },
  } as unknown as KubernetesObject;
  expect(originsAmong([policy])(ofPause)).toEqual({
    since: '2026-01-02T15:04:05Z',
    origins: ['a NetworkPause that is gone'],
  });
});
