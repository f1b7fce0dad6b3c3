import { describe, expect, test } from '@jest/globals';
import {
  type KubernetesObject,
  node,
  object,
  type PlatformSpec,
  platformSpec,
  view,
} from '../../../test/fixtures.ts';
import { ingressControllerPresets } from '../../api/presets.ts';
import { nodeRanges } from './cluster-services.ts';
import { ingressControllers } from './systems.ts';

type Controller = NonNullable<PlatformSpec['ingressControllers']>[number];

function peers(
  controller: Omit<Controller, 'name'>,
  objects: readonly KubernetesObject[] = [],
  more: PlatformSpec = {},
) {
  const spec = platformSpec({
    ingressControllers: [{ name: 'one', ...controller } as Controller],
    gatewayNamespaces: { names: ['*'] },
    ...more,
  });
  return ingressControllers(view({ objects }), spec)[0]?.peers;
}

const named = (name: string) => ({ matchLabels: { 'kubernetes.io/metadata.name': name } });
const block = (cidr: string) => ({ ipBlock: { cidr } });

describe('an ingress controller', () => {
  test.each(Object.entries(ingressControllerPresets).filter(([name]) => name !== 'gateway-api'))(
    'is found by the preset %s, in its namespace and with its labels in one peer',
    (preset, { pods, ...declaredIn }) => {
      const namespace = 'namespace' in declaredIn ? declaredIn.namespace : 'nowhere';
      expect(peers({ preset } as Controller)).toEqual([
        { namespaceSelector: named(namespace), podSelector: pods },
      ]);
    },
  );

  test('is where the profile says, field by field, and every pod of the namespace without a preset', () => {
    const pods = { matchLabels: { app: 'edge' } };
    expect(peers({ preset: 'traefik', namespace: 'edge' })).toEqual([
      { namespaceSelector: named('edge'), podSelector: ingressControllerPresets.traefik.pods },
    ]);
    expect(peers({ namespace: 'edge', pods })).toEqual([
      { namespaceSelector: named('edge'), podSelector: pods },
    ]);
    expect(peers({ namespace: 'edge' })).toEqual([{ namespaceSelector: named('edge') }]);
  });

  test('in the host network is the nodes too, and outside the cluster its addresses', () => {
    const objects = [node('a', '10.1.0.5', 'fd00:1::5')];
    expect(peers({ hostNetwork: true, cidrs: ['198.51.100.0/28'] }, objects)).toEqual([
      block('198.51.100.0/28'),
      block('10.1.0.5/32'),
      block('fd00:1::5/128'),
    ]);
  });

  test('has no peers, not all, while the nodes that it runs on are not known', () => {
    expect(peers({ hostNetwork: true })).toBeUndefined();
  });
});

describe('the preset gateway-api', () => {
  const gateway = (key: string, gatewayClassName: string) => object('Gateway', key, { gatewayClassName });
  const label = 'gateway.networking.k8s.io/gateway-name';
  const objects = [
    gateway('pay/web', 'internal'),
    gateway('infra/web', 'public'),
    gateway('infra/api', 'public'),
    gateway('edge/web', 'public'),
    gateway('dmz/web', 'public'),
  ];

  test('is the pods of every Gateway that it serves, those of a namespace in one peer', () => {
    expect(peers({ preset: 'gateway-api', classes: ['public'] }, objects)).toEqual([
      {
        namespaceSelector: {
          matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['dmz', 'edge'] }],
        },
        podSelector: { matchLabels: { [label]: 'web' } },
      },
      {
        namespaceSelector: named('infra'),
        podSelector: { matchExpressions: [{ key: label, operator: 'In', values: ['api', 'web'] }] },
      },
    ]);
  });

  test('has no peers while there is no Gateway of its class', () => {
    expect(peers({ preset: 'gateway-api' })).toBeUndefined();
    expect(peers({ preset: 'gateway-api', classes: ['cilium'] }, objects)).toBeUndefined();
  });

  test('is the same whatever the order of the Gateways', () => {
    expect(peers({ preset: 'gateway-api' }, objects.toReversed())).toEqual(
      peers({ preset: 'gateway-api' }, objects),
    );
  });
});

describe('the ranges of the nodes', () => {
  const ranges = (objects: readonly KubernetesObject[], more: PlatformSpec = {}) =>
    nodeRanges(view({ objects }), platformSpec(more));

  test('are what was found out, and not known while nothing was', () => {
    expect(ranges([node('b', 'fd00:1::5'), node('a', '10.1.0.5')])).toEqual(['10.1.0.5/32', 'fd00:1::5/128']);
    expect(ranges([])).toBeUndefined();
  });

  test('are what the platform profile says, whatever the nodes are', () => {
    const cluster = { nodeRanges: ['fd00:1::/64', '10.1.0.0/24'] };
    expect(ranges([node('a', '10.9.0.1')], { cluster })).toEqual(['10.1.0.0/24', 'fd00:1::/64']);
    expect(ranges([node('a', '10.9.0.1')], { cluster: { nodeRanges: [] } })).toEqual(['10.9.0.1/32']);
  });
});
