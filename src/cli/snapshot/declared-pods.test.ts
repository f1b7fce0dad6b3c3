import { expect, test } from '@jest/globals';
import type { KubernetesObject } from '../../kube/resource.ts';
import { asStored } from '../../objects/as-stored.ts';
import { snapshotOf } from './cluster-snapshot.ts';
import { missingPods } from './declared-pods.ts';

const named = (name: string, labels = {}) =>
  asStored({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });

const pod = (namespace: string, name: string, labels: Readonly<Record<string, string>>) =>
  asStored({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace, name, labels },
    spec: { containers: [{ name: 'main', image: 'none' }] },
  });

const profile = (spec: object) =>
  asStored({
    apiVersion: 'ringfence.dev/v1alpha1',
    kind: 'PlatformNetworkProfile',
    metadata: { name: 'default' },
    spec: { enforcement: 'Enforce', ...spec },
  });

const cluster = [
  named('kube-system'),
  named('edge'),
  named('empty'),
  pod('kube-system', 'dns', { 'k8s-app': 'kube-dns' }),
  pod('edge', 'proxy', { app: 'proxy' }),
];

function found(spec: object, more: readonly KubernetesObject[] = []): readonly string[] {
  const snapshot = snapshotOf([...cluster, profile(spec), ...more], 'ringfence-system');
  return missingPods(snapshot).map(({ code, path, message }) => `${code} ${path}: ${message}`);
}

const dns = (labels: object) => ({
  dns: { namespace: 'kube-system', podSelector: { matchLabels: labels }, ports: [53] },
});
const controller = (fields: object) => ({ ingressControllers: [{ name: 'public', ...fields }] });
const monitoring = (fields: object) => ({
  monitoring: [{ name: 'prometheus', ports: ['metrics'], ...fields }],
});
const of = (app: string) => ({ pods: { matchLabels: { app } } });

test('pods that the platform profile declares and that are not there are found, wherever it declares them', () => {
  expect(found(dns({ 'k8s-app': 'coredns' }))).toEqual([
    'PeerSelectsNothing spec.dns: no pod is the DNS that fenced pods may ask: none of `kube-system` has the labels `k8s-app=coredns`',
  ]);
  expect(found(controller({ namespace: 'ingress' }))).toEqual([
    'SourceMissing spec.ingressControllers[0]: no pod is ingress controller `public`: there is no namespace `ingress`',
  ]);
  expect(found(monitoring({ namespace: 'edge', ...of('prom') }))).toEqual([
    'PeerSelectsNothing spec.monitoring[0]: no pod is monitoring system `prometheus`: none of `edge` has the labels `app=prom`',
  ]);
});

test('nothing is said of pods that are there, of other sources, and where no pod is known', () => {
  expect(found({})).toEqual([]);
  expect(found(dns({ 'k8s-app': 'kube-dns' }))).toEqual([]);
  expect(found(controller({ namespace: 'edge', ...of('proxy') }))).toEqual([]);
  expect(found(controller({ namespace: 'gone', cidrs: ['203.0.113.0/24'] }))).toEqual([]);
  expect(found(controller({ preset: 'gateway-api', namespace: 'gone' }))).toEqual([]);
  expect(found(monitoring({ namespace: 'empty', ...of('prom') }))).toEqual([]);
});

const files = { files: [], objects: [], problems: [], notes: [], hidingNamespaces: new Set<string>() };

test('nothing is said about files, which need not have every pod', () => {
  const snapshot = snapshotOf(
    [...cluster, profile(controller({ namespace: 'ingress' }))],
    'ringfence-system',
  );
  expect(missingPods({ ...snapshot, input: files })).toEqual([]);
});
