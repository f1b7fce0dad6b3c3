import { describe, expect, test } from '@jest/globals';
import type { KubernetesObject } from '../../kube/resource.ts';
import { secondName } from '../../model/policy-names.ts';
import { asStored } from '../../objects/as-stored.ts';
import { snapshotOf } from '../snapshot/cluster-snapshot.ts';
import { clusterStatusOf } from './cluster-status.ts';
import { statusFormats } from './format.ts';
import type { OperatorSign } from './operator-sign.ts';

const deny = 'ringfence-default-deny-ingress';

/** The status of a cluster with one namespace, as text. @param observed the generation of the platform profile in its status */
function shown(
  operator: OperatorSign,
  observed?: number,
  enforcement = 'Enforce',
  policies: readonly string[] = [],
  more: readonly KubernetesObject[] = [],
  { only, failing = [] }: { readonly only?: string; readonly failing?: readonly object[] } = {},
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
    observed === undefined ? stored : { ...stored, status: { observedGeneration: observed, failing } },
    ...policies.map((name) =>
      asStored({
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name, namespace: 'shop', labels: { 'app.kubernetes.io/managed-by': 'ringfence' } },
        spec: { podSelector: {}, policyTypes: ['Ingress'] },
      }),
    ),
    ...more,
  ];
  const status = clusterStatusOf(snapshotOf(objects, 'ringfence-system'), {
    only,
    operator,
  });
  const context = { paint: (_: unknown, text: string) => text, note: () => undefined };
  return String(
    statusFormats.print.text?.(
      { status, withRoutes: only !== undefined, operatorNamespace: 'ringfence-system' },
      context,
    ),
  );
}

describe('the sign of the operator', () => {
  test('is not missed without leader election if an operator has reported about the platform profile', () => {
    expect(shown({ state: 'NoLease' }, 1, 'Enforce', [deny])).toMatch(
      /^NAMESPACE .*\nshop .*\n\n1 enforced\n$/,
    );
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

describe('what the operator reports that it cannot do', () => {
  test('shows with its reason, also for one namespace, and counts as an error as with `lint`', () => {
    const failing = [{ namespace: 'shop', reason: 'PermissionMissing', message: 'forbidden; grant it' }];
    const lines = shown({ state: 'Active' }, 1, 'Enforce', [], [], { only: 'shop', failing });
    expect(lines).toMatch(/^NAMESPACE .*\nshop +Enforce .* 0\/1 .* PermissionMissing, 1 error\n/);
    expect(lines).toMatch(
      /\nerror NotWritten: the operator can't write every policy of `shop`: PermissionMissing: forbidden; grant it; the operator retries /,
    );
  });
});

test('a policy whose name somebody else has taken is there under its second name', () => {
  const foreign = asStored({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: deny, namespace: 'shop' },
    spec: { podSelector: {}, policyTypes: ['Ingress'] },
  });
  const second = secondName(deny);
  expect(shown({ state: 'Active' }, 1, 'Enforce', [second], [foreign])).toMatch(
    /^NAMESPACE .*\nshop +Enforce .* 1\/1 .*\n\n1 enforced.*\n$/,
  );
  expect(shown({ state: 'Active' }, 1, 'Enforce', [], [foreign])).toContain(' 0/1 ');
});

test('a finding in whose words nothing names its subject is shown with it', () => {
  const service = asStored({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'cart', namespace: 'shop' },
    spec: { selector: { app: 'cart' }, ports: [{ port: 80 }] },
  });
  const pod = asStored({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'basket', namespace: 'shop', labels: { app: 'shop-basket' } },
    spec: { containers: [{ name: 'main', image: 'none' }] },
  });
  expect(shown({ state: 'Active' }, 1, 'Enforce', [deny], [service, pod], { only: 'shop' })).toContain(
    'warning ServiceSelectsNoPods: Service `cart`: no pod of `shop` has the labels `app=cart`',
  );
});

describe('what the operator has left undone', () => {
  const left = ['ringfence-pause'];

  test('shows, although as many policies are there as should be: one is missing, and a pause has left another', () => {
    expect(shown({ state: 'Active' }, 1, 'Enforce', left)).toMatch(
      /^NAMESPACE .*\nshop +Enforce, still open after a pause .* 0\/1 and 1 more .* 1 error\n\n1 enforced.*\nthe operator has not yet done /,
    );
  });

  test('is no riddle if the operator is gone', () => {
    expect(shown({ state: 'Silent' }, 1, 'Enforce', left)).toMatch(
      /^the operator is not active: .*\nNAMESPACE .*\nshop +Enforce, still open after a pause .*\n\n1 enforced.*\n$/,
    );
  });

  test('is nothing while a pause holds, or once all is in place', () => {
    const pause = asStored({
      apiVersion: 'ringfence.dev/v1alpha1',
      kind: 'NetworkPause',
      metadata: { name: 'shop' },
      spec: { namespace: 'shop', until: '2999-01-01T00:00:00Z', reason: 'test' },
    });
    expect(shown({ state: 'Active' }, 1, 'Enforce', [...left, deny], [pause])).toMatch(
      /^NAMESPACE .*\nshop +Enforce, paused until 2999-01-01T00:00:00Z .* 2\/2 .*\n\n1 enforced.*\n$/,
    );
    expect(shown({ state: 'Active' }, 1, 'Enforce', [deny])).toMatch(
      /^NAMESPACE .*\nshop +Enforce .* 1\/1 .*\n\n1 enforced.*\n$/,
    );
  });
});
