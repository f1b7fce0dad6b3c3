// The traps of NetworkPolicies that other tools fell into in the field, each by its name; see the design, 3.10.
import { describe, expect, test } from '@jest/globals';
import {
  type KubernetesObject,
  node,
  object,
  type PlatformSpec,
  profile,
  type Routes,
  service,
  shopView,
  webhooks,
} from '../../test/fixtures.ts';
import { customResourceDefinition } from '../api/crd.ts';
import { customResources } from '../api/custom-resources.ts';
import { compile } from '../compile/compile.ts';
import type { DesiredPolicy } from '../model/policies.ts';
import { onlyNamesIn } from '../model/selectors.ts';
import type { ProfileFacts } from '../view/cluster-view.ts';
import { manifestOf } from './manifest.ts';

/** The policies of the namespace `shop` whose team declares `routes`. */
function policies(
  routes: Routes = [],
  objects: readonly KubernetesObject[] = [],
  spec: PlatformSpec = {},
): readonly DesiredPolicy[] {
  return compile(shopView({ spec, routes, objects })).policies;
}

/** The rules that the team's profile makes. */
function rules(...given: Parameters<typeof policies>) {
  return policies(...given)
    .filter(({ owner }) => owner.kind === 'AppNetworkProfile')
    .flatMap(({ spec }) => spec.ingress ?? []);
}

/** The codes of the findings of the shop. */
function told(routes: Routes, objects: readonly KubernetesObject[], spec: PlatformSpec = {}) {
  return compile(shopView({ spec, routes, objects })).findings.map(({ code }) => code);
}

const named = (name: string) => ({ matchLabels: { 'kubernetes.io/metadata.name': name } });

describe('the trap', () => {
  test('an empty peer list means everyone: if no peer is known, the rule is left out', () => {
    const unknown = [
      { ingressController: {} },
      { ingressController: { name: 'gateways' } },
      { ingressController: { name: 'on-nodes' } },
      { monitoring: {} },
      { nodes: {} },
      { service: 'gone' },
      { internet: {} },
      { kubernetesAPI: {} },
    ].map((from, index) => ({ name: `r${index}`, from, to: { app: 'web' } }));
    const spec: PlatformSpec = {
      ingressControllers: [
        { name: 'gateways', preset: 'gateway-api' },
        { name: 'on-nodes', hostNetwork: true },
      ],
    };
    const exposed = object('Ingress', 'shop/web', {
      defaultBackend: { service: { name: 'web', port: { number: 80 } } },
    });
    const made = policies(unknown, [exposed, service('shop/web', [{ port: 80 }])], spec);
    expect(made.map(({ name }) => name)).toEqual(['ringfence-default-deny-ingress']);
  });

  test('an empty peer list means everyone, also on the way out: what is not known is not opened', () => {
    const unknown = [
      { ingressController: {} },
      { monitoring: {} },
      { nodes: {} },
      { internet: {} },
      { kubernetesAPI: {} },
    ].map((to, index) => ({ name: `r${index}`, from: { app: 'web' }, to }));
    const made = policies(unknown, [], { egress: 'Restricted' });
    expect(made.map(({ name }) => name)).toEqual([
      'ringfence-default-deny-egress',
      'ringfence-default-deny-ingress',
    ]);
  });

  test('an egress rule isolates the pods that it selects: if egress is not fenced, there is none', () => {
    const routes = [
      { name: 'a', from: { app: 'web' }, to: { app: 'mongo' } },
      { name: 'b', from: { app: 'web' }, to: { anywhere: {} } },
    ];
    expect(policies(routes).flatMap(({ spec }) => spec.policyTypes)).not.toContain('Egress');
    expect(policies(routes, [], { egress: 'Restricted', enforcement: 'Off' })).toEqual([]);
  });

  test('policyTypes that are left out include Ingress: they are always written', () => {
    const routes = [{ name: 'a', from: { app: 'web' }, to: { app: 'mongo' } }];
    for (const { spec } of policies(routes, [], { egress: 'Restricted' })) {
      expect(spec.policyTypes).toEqual([spec.egress === undefined ? expect.any(String) : 'Egress']);
      expect(spec.ingress === undefined || spec.policyTypes[0] === 'Ingress').toBe(true);
    }
  });

  test('namespace and pods in two peers are alternatives: they are in one', () => {
    const pods = { matchLabels: { app: 'console' } };
    const routes = [{ name: 'a', from: { namespace: { name: 'shop-admin', pods } }, to: { app: 'mongo' } }];
    expect(rules(routes)).toEqual([
      { from: [{ namespaceSelector: named('shop-admin'), podSelector: pods }] },
    ]);
  });

  test('a tenant can forge every namespace label but kubernetes.io/metadata.name: names and systems go by that one', () => {
    const spec: PlatformSpec = {
      ingressControllers: [{ name: 'nginx', preset: 'ingress-nginx' }],
      monitoring: [{ name: 'prometheus', namespace: 'monitoring', ports: ['metrics'] }],
    };
    const routes = [
      { name: 'a', from: { namespace: { name: 'shop-admin' } }, to: { app: 'web' } },
      { name: 'b', from: { ingressController: {} }, to: { app: 'web' } },
      { name: 'c', from: { monitoring: {} }, to: { app: 'web' }, ports: [1] },
    ];
    const made = policies(routes, [], spec).flatMap((policy) => policy.spec.ingress ?? []);
    const peers = made.flatMap(({ from = [] }) => from);
    expect(peers).toHaveLength(4);
    for (const peer of peers) {
      expect(peer).toMatchObject({ namespaceSelector: named(expect.any(String) as unknown as string) });
    }
  });

  test("ports are the pod's: a Service's are translated, and follow it as it changes", () => {
    const routes = [{ name: 'a', from: { app: 'web' }, to: { service: 'api' }, ports: [80] }];
    const behind = (targetPort: number | string) => [service('shop/api', [{ port: 80, targetPort }])];
    expect(rules(routes, behind(8080))[0]?.ports).toEqual([{ protocol: 'TCP', port: 8080 }]);
    expect(rules(routes, behind(9090))[0]?.ports).toEqual([{ protocol: 'TCP', port: 9090 }]);
  });

  test('one named port may mean several numbers: each pod resolves it, so that the name stays', () => {
    const routes = [{ name: 'a', from: { app: 'web' }, to: { service: 'api' }, ports: ['http'] }];
    const objects = [service('shop/api', [{ name: 'http', port: 80, targetPort: 'web' }])];
    // Beside it stands a number that nothing serves, because kube-router takes a name that no pod has for every port.
    expect(rules(routes, objects)[0]?.ports).toEqual([
      { protocol: 'TCP', port: 'web' },
      { protocol: 'TCP', port: 1 },
    ]);
  });

  test('a hostNetwork pod cannot be selected: it is declared, and is the addresses of nodes', () => {
    const spec: PlatformSpec = {
      ingressControllers: [{ name: 'nginx', preset: 'ingress-nginx', hostNetwork: true }],
    };
    const routes = [{ name: 'a', from: { ingressController: {} }, to: { app: 'web' } }];
    expect(rules(routes, [node('a', '10.1.0.5', 'fd00:1::5')], spec)[0]?.from?.slice(1)).toEqual([
      { ipBlock: { cidr: '10.1.0.5/32' } },
      { ipBlock: { cidr: 'fd00:1::5/128' } },
    ]);
  });

  test('an ipBlock matches pods on some CNIs only: `anywhere` names namespaces too, and both address families', () => {
    const routes = [{ name: 'a', from: { anywhere: {} }, to: { app: 'web' } }];
    expect(rules(routes)[0]?.from).toEqual([
      { namespaceSelector: {} },
      { ipBlock: { cidr: '0.0.0.0/0' } },
      { ipBlock: { cidr: '::/0' } },
    ]);
  });

  test('endPort, SCTP, IPv6 and except are written as they are meant', () => {
    const cidr = { cidr: 'fd00::/8', except: ['fd00:1::/32'] };
    const routes = [{ name: 'a', from: { cidr }, to: { app: 'web' }, ports: ['8000-8100/SCTP', '53/UDP'] }];
    expect(rules(routes)).toEqual([
      {
        from: [{ ipBlock: cidr }],
        ports: [
          { protocol: 'SCTP', port: 8000, endPort: 8100 },
          { protocol: 'UDP', port: 53 },
        ],
      },
    ]);
  });

  test('names that are cut collide: they are cut with a hash', () => {
    const routes = [{ name: 'a', from: { app: 'web' }, to: { app: 'mongo' } }];
    const profiles = ['x', 'y'].map((end) => profile(`shop/${'a'.repeat(252)}${end}`, { routes }));
    const made = compile(shopView({ profiles })).policies.slice(1);
    expect(new Set(made.map(({ name }) => name)).size).toBe(2);
    const labels = made.map((policy) => metadata(policy).labels['ringfence.dev/profile'] ?? '');
    expect(new Set(labels).size).toBe(2);
    for (const { name } of made) expect(name.length).toBeLessThanOrEqual(253);
    for (const label of labels) expect(label.length).toBeLessThanOrEqual(63);
  });

  test('many small policies are dear: routes of one profile to the same pods share one', () => {
    const routes = Array.from({ length: 40 }, (_, index) => ({
      name: `r${index}`,
      from: { app: `client-${index}` },
      to: { app: 'mongo' },
      ports: [27017],
    }));
    expect(policies(routes)).toHaveLength(2);
    expect(rules(routes)).toHaveLength(40);
  });

  test('many namespaces are one peer, in buckets of 500: none is lost, and a new one changes one policy', () => {
    const gateways = (count: number) =>
      Array.from({ length: count }, (_, index) =>
        object('Gateway', `team-${index}/web`, { gatewayClassName: 'any' }),
      );
    const spec: PlatformSpec = {
      ingressControllers: [{ name: 'gateways', preset: 'gateway-api' }],
      gatewayNamespaces: { names: ['team-*'] },
    };
    const users = [{ name: 'users', from: { ingressController: {} }, to: { app: 'web' } }];
    const made = (count: number) => policies(users, gateways(count), spec).slice(1);
    const [before, after] = [made(1_999), made(2_000)];
    const listed = after.flatMap(({ spec: { ingress = [] } }) =>
      ingress.flatMap(({ from = [] }) =>
        from.flatMap((peer) => ('ipBlock' in peer ? [] : onlyNamesIn(peer.namespaceSelector ?? {}))),
      ),
    );
    expect([...listed].sort()).toEqual(Array.from({ length: 2_000 }, (_, index) => `team-${index}`).sort());
    const texts = new Set(before.map((policy) => JSON.stringify(policy.spec)));
    expect(after.filter((policy) => !texts.has(JSON.stringify(policy.spec)))).toHaveLength(1);
  });

  test('the control plane calls webhooks from addresses or a konnectivity pod: a ring that would shut it out is a finding', () => {
    const spec: PlatformSpec = {
      kubernetesAPI: {
        controlPlane: {
          cidrs: ['10.0.0.0/24'],
          namespace: 'kube-system',
          pods: { matchLabels: { 'k8s-app': 'konnectivity-agent' } },
        },
      },
    };
    const hook = service('shop/hook', [{ port: 443, targetPort: 9443 }]);
    const given = [hook, webhooks('MutatingWebhookConfiguration', 'hook')];
    expect(told([], given, spec)).toEqual(['ControlPlaneShutOut']);
    const route = { name: 'calls', from: { kubernetesAPI: {} }, to: { service: 'hook' }, ports: [443] };
    expect(told([route], given, spec)).toEqual([]);
    expect(rules([route], given, spec)).toEqual([
      {
        from: [
          { ipBlock: { cidr: '10.0.0.0/24' } },
          {
            namespaceSelector: named('kube-system'),
            podSelector: { matchLabels: { 'k8s-app': 'konnectivity-agent' } },
          },
        ],
        ports: [{ protocol: 'TCP', port: 9443 }],
      },
    ]);
  });

  test('a LoadBalancer or NodePort Service is an entrance of its own: one that no route opens is a finding', () => {
    const entrances = ['LoadBalancer', 'NodePort'].map((type) =>
      service(`shop/${type.toLowerCase()}`, [{ port: 80 }], { type, selector: { app: 'web' } }),
    );
    expect(told([], entrances)).toEqual(['EntranceClosed', 'EntranceClosed']);
    const open = { name: 'users', from: { anywhere: {} }, to: { app: 'web' } };
    expect(told([open], entrances, { appLabel: 'app' })).toEqual([]);
  });

  test('an old CRD prunes a field that it does not know, and so widens the end: what is narrower is another end', () => {
    const crds = customResources.map((resource) => customResourceDefinition(resource));
    const profiles = crds.find(({ spec: { names } }) => names.kind === 'AppNetworkProfile');
    const [version] = profiles?.spec.versions ?? [];
    const { spec } = version?.schema.openAPIV3Schema.properties ?? {};
    const { routes } = spec?.properties ?? {};
    for (const side of ['from', 'to']) {
      const ends = Object.entries(routes?.items?.properties?.[side]?.properties ?? {});
      // A later version adds ends, and never to the fields of these.
      expect(
        Object.fromEntries(ends.map(([end, { properties = {} }]) => [end, Object.keys(properties)])),
      ).toEqual(
        expect.objectContaining({
          ...{ app: [], service: [], internet: [], cluster: [], kubernetesAPI: [], nodes: [], anywhere: [] },
          pods: ['matchLabels', 'matchExpressions'],
          namespace: ['name', 'selector', 'pods'],
          ingressController: ['name'],
          monitoring: ['name'],
          cidr: ['cidr', 'except'],
        }),
      );
    }
  });

  test('copied labels and annotations of a profile would make Argo CD prune the policy: none is copied', () => {
    const routes = [{ name: 'a', from: { app: 'web' }, to: { app: 'mongo' } }];
    const tracked = labelled(profile('shop/team', { routes }));
    const [, policy] = compile(shopView({ profiles: [tracked] })).policies;
    if (policy === undefined) throw new Error('there is no policy of the profile');
    expect(JSON.stringify(manifestOf(policy))).not.toContain('argocd');
    expect(Object.keys(metadata(policy).labels)).toEqual([
      'app.kubernetes.io/managed-by',
      'ringfence.dev/profile',
    ]);
  });
});

/** As a GitOps tool labels what it applies. */
function labelled(facts: ProfileFacts): ProfileFacts {
  if (!facts.decoded.ok) throw new Error('the profile does not decode');
  const { value } = facts.decoded;
  const tracking = { 'argocd.argoproj.io/instance': 'shop' };
  return {
    ...facts,
    decoded: {
      ok: true,
      value: { ...value, metadata: { ...value.metadata, labels: tracking, annotations: tracking } },
    },
  };
}

function metadata(policy: DesiredPolicy) {
  return (manifestOf(policy) as { readonly metadata: { readonly labels: Readonly<Record<string, string>> } })
    .metadata;
}
