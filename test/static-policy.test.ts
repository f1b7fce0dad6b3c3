// The policies that config/network ships for the operator's own namespace, judged by the analysis: what reaches the operator,
// and what it reaches.
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { analyze } from '../src/analyze/analysis.ts';
import { formatEndpoint } from '../src/analyze/endpoints.ts';
import { formatPortSet } from '../src/model/port-set.ts';
import { readAnalysisInput } from '../src/objects/analysis-input.ts';

const namespace = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels: { 'kubernetes.io/metadata.name': name } },
});

const deployment = (key: string, label: string, ports: Readonly<Record<string, number>>) => {
  const [where, name] = key.split('/');
  const labels = { 'app.kubernetes.io/name': label };
  const containerPorts = Object.entries(ports).map(([port, number]) => ({
    name: port,
    containerPort: number,
  }));
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: where },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: 'main', image: 'example', ports: containerPorts }] },
      },
    },
  };
};

const documents = parseAllDocuments(readFileSync('config/network/operator-namespace.yaml', 'utf8'));
const policies = documents.map((document) => document.toJS());

test('the static policies let Prometheus read the metrics, and the operator reach API servers, and nothing else', () => {
  const { input, problems } = readAnalysisInput([
    ...['ringfence-system', 'monitoring', 'shop'].map(namespace),
    deployment('ringfence-system/operator', 'ringfence', { metrics: 8080, health: 8081 }),
    deployment('monitoring/prometheus', 'prometheus', {}),
    deployment('monitoring/grafana', 'grafana', { http: 443 }),
    deployment('shop/web', 'prometheus', { http: 5432 }),
    ...policies,
  ]);
  expect(problems).toEqual([]);
  const told = [...analyze(input).connections()]
    .map(({ from, to, ports }) => [formatEndpoint(from), formatEndpoint(to), formatPortSet(ports)])
    .filter(([from, to]) => from === 'ringfence-system/operator' || to === 'ringfence-system/operator');
  const api = '443, 6443, 8443, 16443';
  expect(told.filter(([, to]) => to === 'ringfence-system/operator')).toEqual([
    ['monitoring/prometheus', 'ringfence-system/operator', '8080'],
  ]);
  expect(told.filter(([from]) => from === 'ringfence-system/operator')).toEqual([
    ['ringfence-system/operator', 'monitoring/grafana', api],
    ['ringfence-system/operator', 'monitoring/prometheus', api],
    ['ringfence-system/operator', 'shop/web', api],
    ['ringfence-system/operator', '0.0.0.0/0', api],
    ['ringfence-system/operator', '::/0', api],
  ]);
});

test('each static policy has one direction, because kube-router mixes up the rules of both', () => {
  expect(policies.map(({ metadata, spec }) => `${metadata.name}: ${spec.policyTypes}`)).toEqual([
    'operator: Ingress',
    'operator-egress: Egress',
  ]);
});
