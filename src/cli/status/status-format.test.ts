import { describe, expect, test } from '@jest/globals';
import type { KubernetesObject } from '../../kube/resource.ts';
import { asStored } from '../../objects/as-stored.ts';
import { snapshotOf } from '../snapshot/cluster-snapshot.ts';
import { clusterStatusOf } from './cluster-status.ts';
import { statusFormats } from './format.ts';
import type { OperatorSign } from './operator-sign.ts';

/** The status of a cluster with one namespace, as text. @param observed the generation of the platform profile in its status */
function shown(
  operator: OperatorSign,
  observed?: number,
  enforcement = 'Enforce',
  policies: readonly string[] = [],
): string {
  const written = {
    apiVersion: 'ringfence.dev/v1alpha1',
    kind: 'PlatformNetworkProfile',
    metadata: { name: 'default' },
    spec: { enforcement },
  };
  const stored = asStored(written);
  const objects: readonly KubernetesObject[] = [
    asStored({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }),
    observed === undefined ? stored : { ...stored, status: { observedGeneration: observed } },
    ...policies.map((name) =>
      asStored({
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name, namespace: 'shop', labels: { 'app.kubernetes.io/managed-by': 'ringfence' } },
        spec: { podSelector: {}, policyTypes: ['Ingress'] },
      }),
    ),
  ];
  const status = clusterStatusOf(snapshotOf(objects, 'ringfence-system').cluster, {
    only: undefined,
    operator,
  });
  const context = { paint: (_: unknown, text: string) => text, note: () => undefined };
  return String(statusFormats.print.text?.({ status, withRoutes: false }, context));
}

describe('the sign of the operator', () => {
  test('is not missed without leader election if an operator has reported about the platform profile', () => {
    expect(shown({ state: 'NoLease' }, 1)).toMatch(/^NAMESPACE .*\nshop .*\n\n1 enforced\n$/);
  });

  test.each([
    ['never', undefined],
    ['about an earlier one', 0],
  ])('is missed below the table if an operator has reported %s', (_, observed) => {
    expect(shown({ state: 'NoLease' }, observed)).toMatch(
      /^NAMESPACE .*\nshop .*\n\n1 enforced\nno operator has reported yet: /,
    );
  });

  test('is above the table if an operator was there and is gone', () => {
    expect(shown({ state: 'Silent' }, 1)).toMatch(/^the operator is not active: .*\nNAMESPACE /);
  });
});

describe('a namespace that is being closed or opened', () => {
  test.each([
    ['Enforce', ['ringfence-transition'], 'Enforce, changing  Unrestricted  -     0/1'],
    [
      'Enforce',
      ['ringfence-default-deny-ingress', 'ringfence-transition'],
      'Enforce, changing  Unrestricted  -     1/1',
    ],
    [
      'Off',
      ['ringfence-default-deny-ingress', 'ringfence-transition'],
      'Off, changing  -       -     1 left',
    ],
    ['Off', ['ringfence-default-deny-ingress'], 'Off          -       -     1 left'],
    ['Off', [], 'Off          -       -     - '],
  ])(
    'with enforcement %s and the policies %j is told apart from one that is not',
    (enforcement, policies, cells) => {
      expect(shown({ state: 'Active' }, 1, enforcement, policies)).toContain(cells);
    },
  );
});
