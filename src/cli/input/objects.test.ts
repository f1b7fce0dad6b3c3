import { describe, expect, test } from '@jest/globals';
import { nodeLocalDns } from '../../discover/well-known-services.ts';
import { apiVersionOf } from '../../kube/served-path.ts';
import { kinds } from '../../objects/kinds.ts';
import { readDocuments } from './documents.ts';
import { kindOf } from './object-checks.ts';
import { ObjectCollector } from './objects.ts';

function collect(text: string, file = 'a.yaml'): ObjectCollector {
  const collector = new ObjectCollector('default');
  for (const document of readDocuments({ file, text }).documents) collector.add({ file, document });
  return collector;
}

function names(text: string): readonly string[] {
  const { objects, problems } = collect(text);
  expect(problems).toEqual([]);
  return objects.map(
    ({ object: { kind, metadata } }) => `${kind} ${metadata.namespace ?? '-'}/${metadata.name}`,
  );
}

function problems(text: string): readonly string[] {
  return collect(text).problems.map(({ place, message }) => `${place?.line}: ${message}`);
}

describe('the objects of a document', () => {
  test('are itself, in the namespace that it names or in the one that it would get', () => {
    const namespace = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, namespace: nonsense}\n';
    const service = 'apiVersion: v1\nkind: Service\nmetadata: {name: web}\n';
    expect(names(`${namespace}---\n${service}`)).toEqual(['Namespace -/shop', 'Service default/web']);
  });

  test('are the items of a list, also of a list in a list, whose items need no kind', () => {
    const list = '{apiVersion: v1, kind: ServiceList, items: [{metadata: {name: a}}, {metadata: {name: b}}]}';
    expect(names(`{apiVersion: v1, kind: List, items: [${list}]}`)).toEqual([
      'Service default/a',
      'Service default/b',
    ]);
    expect(names('{apiVersion: v1, kind: List, items: []}')).toEqual([]);
  });

  test('of other kinds are counted, and policies of other APIs by themselves', () => {
    const { objects, ignored, otherPolicies } = collect(
      [
        '{apiVersion: v1, kind: Secret}',
        '{apiVersion: v1, kind: Secret}',
        '{apiVersion: serving.knative.dev/v1, kind: Service}',
        '{apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy}',
        '{apiVersion: extensions/v1beta1, kind: NetworkPolicy}',
      ].join('\n---\n'),
    );
    expect(objects).toEqual([]);
    expect([...ignored]).toEqual([
      ['Secret', 2],
      ['Service (serving.knative.dev/v1)', 1],
    ]);
    expect([...otherPolicies]).toEqual([
      ['CiliumNetworkPolicy (cilium.io/v2)', 1],
      ['NetworkPolicy (extensions/v1beta1)', 1],
    ]);
  });

  test('are none in a kustomization, whose kind may be left out', () => {
    const { ignored, problems: wrong } = collect('resources: [a.yaml]\n', 'config/kustomization.yaml');
    expect(wrong).toEqual([]);
    expect([...ignored]).toEqual([['Kustomization', 1]]);
  });
});

describe('a mistake', () => {
  test.each([
    [
      'a list',
      '- a\n',
      '1: is not an object of the Kubernetes API: expected one with `apiVersion` and `kind`',
    ],
    [
      'a word',
      'hello\n',
      '1: is not an object of the Kubernetes API: expected one with `apiVersion` and `kind`',
    ],
    ['no kind', 'apiVersion: v1\n', '1: is not an object of the Kubernetes API: it has no `kind`'],
    ['no name', 'apiVersion: v1\nkind: Service\n', '1: metadata.name: is required'],
    [
      'a misspelt field',
      'apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  namesapce: shop\n',
      '5: metadata.namesapce: is not a field: did you mean `namespace`?',
    ],
    [
      'a label that YAML takes for a number',
      'apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  labels:\n    version: 1\n',
      '6: metadata.labels.version: must be a string, not `1`: put it in quotes',
    ],
    [
      'a misspelt spec',
      'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: web}\nsepc: {}\n',
      '4: sepc: is not a field: did you mean `spec`?',
    ],
    [
      'a wrong backend',
      'apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web}\nspec: {defaultBackend: {service: {port: {number: 80}}}}\n',
      '4: spec.defaultBackend.service.name: is required',
    ],
    [
      'listeners of a Gateway that are no list',
      'apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: web}\nspec: {gatewayClassName: a, listeners: {name: http}}\n',
      '4: spec.listeners: must be a list, not an object',
    ],
    [
      'a listener of a Gateway without a protocol',
      'apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: web}\nspec: {gatewayClassName: a, listeners: [{name: http, port: 80}]}\n',
      '4: spec.listeners[0].protocol: is required',
    ],
    [
      'hosts of a TLSRoute that are no list, in whatever version',
      'apiVersion: gateway.networking.k8s.io/v1alpha2\nkind: TLSRoute\nmetadata: {name: web}\nspec: {hostnames: a.example}\n',
      '4: spec.hostnames: must be a list, not `a.example`',
    ],
    [
      'a ListenerSet of nobody',
      'apiVersion: gateway.networking.k8s.io/v1\nkind: ListenerSet\nmetadata: {name: web}\nspec: {parentRef: {}}\n',
      '4: spec.parentRef.name: is required',
    ],
  ])('is reported with its line: %s', (_, text, told) => {
    expect(problems(text)).toEqual([told]);
  });

  test('is reported with its line in a list, too', () => {
    const text =
      'apiVersion: v1\nkind: List\nitems:\n- kind: Foo\n- apiVersion: v1\n  kind: Service\n  metadata: {nam: web}\n';
    expect(problems(text)).toContain('4: is not an object of the Kubernetes API: it has no `apiVersion`');
    expect(problems(text)).toContain('7: metadata.nam: is not a field: did you mean `name`?');
  });

  test('is a second object of one name; the same name of another kind is no mistake', () => {
    const service = 'apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\n';
    const [first] = problems(`${service}---\n${service}spec: {type: NodePort}\n`);
    expect(first).toBe('7: metadata.name: duplicate Service `shop/web`: the first is at a.yaml:3:18');
    expect(problems(`${service}---\n${service.replace('Service', 'Pod')}`)).toEqual([]);
    expect(names(`${service}---\n${service}`)).toHaveLength(1);
  });

  test('is none in what a cluster knows without a name of its own', () => {
    const pod = 'apiVersion: v1\nkind: Pod\nmetadata: {generateName: job-}\n';
    expect(collect(`${pod}---\n${pod}`).objects).toHaveLength(2);
    expect(
      names('apiVersion: apiregistration.k8s.io/v1\nkind: APIService\nmetadata: {name: v1.}\n'),
    ).toHaveLength(1);
  });
});

test('no other kind of Kubernetes is taken for a misspelt one', () => {
  const others = {
    v1: 'Binding ComponentStatus Endpoints Event LimitRange PersistentVolume PersistentVolumeClaim PodTemplate ResourceQuota Secret ServiceAccount ConfigMap',
    'apps/v1': 'ControllerRevision',
    'networking.k8s.io/v1': 'IPAddress ServiceCIDR',
    'discovery.k8s.io/v1': 'EndpointSlice Endpoints',
  };
  const text = Object.entries(others).flatMap(([apiVersion, kinds]) =>
    kinds.split(' ').map((kind) => `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: a}\n`),
  );
  expect(problems(text.join('---\n'))).toEqual([]);
  expect(problems('apiVersion: v1\nkind: Servcie\nmetadata: {name: a}\n')).toEqual([
    '2: kind: `v1` has no kind `Servcie`: did you mean `Service`?',
  ]);
});

test('every kind of the table can be read from a file', () => {
  for (const kind of kinds) {
    const object = { apiVersion: apiVersionOf(kind.path), kind: kind.kind, metadata: nodeLocalDns };
    expect(kindOf(object)).toBe(kind);
  }
});
