import { describe, expect, test } from '@jest/globals';
import {
  namespace,
  object,
  type PlatformSpec,
  platform,
  profile,
  service,
  view,
} from '../../../test/fixtures.ts';
import type { NamespaceFacts } from '../../view/cluster-view.ts';
import { compile } from '../compile.ts';
import { countsGateways, maxGateways } from './gateway-namespaces.ts';

const edge = { name: 'edge', preset: 'gateway-api', classes: ['edge'] } as const;
const gateway = (key: string, gatewayClassName = 'edge') =>
  object('Gateway', key, {
    gatewayClassName,
    listeners: [{ name: 'http', port: 80, protocol: 'HTTP', allowedRoutes: { namespaces: { from: 'All' } } }],
  });
const teams = [namespace('evil'), namespace('victim'), namespace('infra', { part: 'edge' })];

function given(spec: PlatformSpec, objects = [gateway('evil/mine'), gateway('infra/gate')]) {
  const routes = [{ name: 'users', from: { ingressController: {} }, to: { app: 'web' }, ports: [8080] }];
  const seen = view({
    platform: platform({ ingressControllers: [edge], ...spec }),
    namespaces: teams,
    profiles: [profile('victim/p', { routes })],
    objects,
  });
  const { policies, findings, namespaces } = compile(seen);
  return {
    texts: policies.map((policy) => JSON.stringify(policy.spec)).join('\n'),
    findings: findings.filter(({ code }) => code === 'GatewayNotCounted'),
    route: namespaces.find((each) => each.namespace === 'victim')?.profiles[0]?.routes[0],
  };
}

describe('whose Gateways count as ingress controllers', () => {
  const keeps = (spec: PlatformSpec, name: string, facts: NamespaceFacts | undefined) => {
    const seen = view({ namespaces: facts === undefined ? [] : [facts] });
    const read = platform(spec);
    return countsGateways(seen, read.decoded.value.spec, name);
  };

  test.each<[string, PlatformSpec, NamespaceFacts, boolean]>([
    ['an application namespace', {}, namespace('shop'), false],
    [
      'an application namespace that is off',
      { rules: [{ name: 'off', namespaces: { names: ['shop'] }, enforcement: 'Off' }] },
      namespace('shop'),
      false,
    ],
    ['one that is excluded', { namespaces: { exclude: ['inf*'] } }, namespace('infra'), true],
    [
      'one that is not selected',
      { namespaces: { selector: { matchLabels: { app: 'yes' } } } },
      namespace('infra'),
      true,
    ],
    ['kube-system', {}, namespace('kube-system'), true],
    ['a system namespace', { systemNamespaces: ['infra'] }, namespace('infra'), true],
    ['one that is named', { gatewayNamespaces: { names: ['edge-*', 'infra'] } }, namespace('edge-1'), true],
    ['one that is not named', { gatewayNamespaces: { names: ['edge-*'] } }, namespace('kube-system'), false],
    [
      'one that is selected',
      { gatewayNamespaces: { selector: { matchLabels: { part: 'edge' } } } },
      namespace('infra', { part: 'edge' }),
      true,
    ],
    [
      'one that is named and not selected',
      { gatewayNamespaces: { names: ['infra'], selector: { matchLabels: { part: 'edge' } } } },
      namespace('infra'),
      false,
    ],
  ])('%s', (_, spec, facts, expected) => {
    expect(keeps(spec, facts.name, facts)).toBe(expected);
  });

  test('a namespace that is not there (yet) counts by its name alone, never by labels that nobody knows', () => {
    expect(keeps({}, 'infra', undefined)).toBe(false);
    expect(keeps({ namespaces: { selector: { matchLabels: { app: 'yes' } } } }, 'infra', undefined)).toBe(
      false,
    );
    expect(keeps({ namespaces: { exclude: ['infra'] } }, 'infra', undefined)).toBe(true);
    expect(keeps({ gatewayNamespaces: { names: ['infra'] } }, 'infra', undefined)).toBe(true);
    expect(keeps({ gatewayNamespaces: { names: ['infra'], selector: {} } }, 'infra', undefined)).toBe(false);
  });
});

describe('a Gateway in a namespace whose Gateways do not count', () => {
  test('lets nobody in, and a finding holds what to write, with those that count now', () => {
    const { texts, findings, route } = given({ gatewayNamespaces: { names: ['infra'] } });
    expect(texts).toContain('"gate"');
    expect(texts).not.toContain('evil');
    expect(route).toMatchObject({ state: 'Active' });
    expect(findings).toEqual([
      expect.objectContaining({
        subject: { kind: 'Gateway', namespace: 'evil', name: 'mine' },
        message: expect.stringContaining('Gateway `mine` in `evil` is of class `edge`'),
        hint: expect.stringContaining('spec:\n  gatewayNamespaces: {names: ["evil", "infra"]}'),
      }),
    ]);
  });

  test('is all there is: then the route waits and says why', () => {
    const { texts, findings, route } = given({});
    expect(texts).not.toContain('gateway-name');
    expect(findings.map(({ subject }) => subject.namespace)).toEqual(['evil', 'infra']);
    expect(route).toMatchObject({
      state: 'Pending',
      reason: 'SystemPlaceUnknown',
      message: expect.stringContaining('`spec.gatewayNamespaces`'),
    });
  });

  test('is not reported if nobody serves its class, or if the platform names where its pods run', () => {
    expect(given({}, [gateway('evil/mine', 'theirs')]).findings).toEqual([]);
    const moved = given({ ingressControllers: [{ ...edge, namespace: 'edge-pods' }] });
    expect(moved.findings).toEqual([]);
    expect(moved.texts).toContain('edge-pods');
    const central = given({ ingressControllers: [{ name: 'edge', preset: 'envoy-gateway' }] });
    expect(central.findings).toEqual([]);
    expect(central.route).toMatchObject({ state: 'Active' });
  });

  test('exposes nothing, and what it takes is a finding with what to write', () => {
    const route = object('HTTPRoute', 'victim/web', {
      parentRefs: [{ name: 'mine', namespace: 'evil' }],
      rules: [{ backendRefs: [{ name: 'web', port: 80 }] }],
    });
    const seen = view({
      platform: platform({ ingressControllers: [edge], egress: 'Restricted' }),
      namespaces: teams,
      objects: [gateway('evil/mine'), route, service('victim/web', [{ port: 80 }])],
    });
    const { policies, findings } = compile(seen);
    expect(policies.filter(({ name }) => /exposed|mirror/.test(name))).toEqual([]);
    expect(findings).toContainEqual(
      expect.objectContaining({
        code: 'IngressUnserved',
        message: expect.stringContaining('HTTPRoute victim/web is attached to Gateway `evil/mine`'),
        hint: expect.stringContaining('names: ["evil"]'),
      }),
    );
  });

  test('is reported with a label where more namespaces would have to be listed than the field holds', () => {
    const many = Array.from({ length: 64 }, (_, index) => gateway(`edge-${index}/gate`));
    const { findings } = given({ gatewayNamespaces: { names: ['edge-*'] } }, [...many, gateway('evil/mine')]);
    expect(findings).toEqual([
      expect.objectContaining({ hint: expect.stringContaining('`spec.gatewayNamespaces.selector`') }),
    ]);
  });
});

describe('how many Gateways count as one ingress controller', () => {
  const shared = { ...edge, namespace: 'edge-system' };
  const aged = (key: string, creationTimestamp: string) => {
    const made = gateway(key);
    return { ...made, metadata: { ...made.metadata, creationTimestamp } };
  };
  const flood = Array.from({ length: maxGateways }, (_, at) =>
    aged(`evil/g${String(at).padStart(3, '0')}`, '2026-02-01T00:00:00Z'),
  );
  const crowd = [...flood, aged('victim/zz-old', '2026-01-01T00:00:00Z')];

  test('is bounded, and the youngest do not count: nobody can make the rules of others too large, or crowd out older Gateways', () => {
    const { texts, findings } = given({ ingressControllers: [shared] }, crowd);
    expect(texts).toContain('"zz-old"');
    expect(texts).toContain('"g254"');
    expect(texts).not.toContain('"g255"');
    expect(findings).toEqual([
      expect.objectContaining({
        subject: { kind: 'Gateway', namespace: 'evil', name: 'g255' },
        message: expect.stringContaining('Gateway `g255` in `evil` exceeds the 256'),
        hint: expect.stringContaining('sets `pods` of `edge` in `spec.ingressControllers`'),
      }),
    ]);
  });

  test('is not bounded where the profile says which pods they are', () => {
    const pods = {
      matchExpressions: [{ key: 'gateway.networking.k8s.io/gateway-name', operator: 'Exists' as const }],
    };
    const { findings, texts } = given({ ingressControllers: [{ ...shared, pods }] }, crowd);
    expect(findings).toEqual([]);
    expect(texts).not.toContain('zz-old');
  });

  test('is not bounded where its pods run beside each Gateway, in namespaces that the platform names', () => {
    const { texts, findings } = given({ gatewayNamespaces: { names: ['evil', 'infra'] } }, [
      ...flood,
      aged('infra/gate', '2026-03-01T00:00:00Z'),
    ]);
    expect(findings).toEqual([]);
    expect(texts).toContain('"gate"');
  });

  test('leaves what a Gateway serves open to it', () => {
    const leads = object('HTTPRoute', 'evil/r', {
      parentRefs: [{ name: 'g255' }],
      rules: [{ backendRefs: [{ name: 'web', port: 80 }] }],
    });
    const seen = view({
      platform: platform({ ingressControllers: [shared] }),
      namespaces: teams,
      objects: [...crowd, leads, service('evil/web', [{ port: 80, targetPort: 8080 }])],
    });
    const exposed = compile(seen).policies.filter(({ name }) => name.includes('exposed'));
    expect(JSON.stringify(exposed)).toContain('"g255"');
  });
});
