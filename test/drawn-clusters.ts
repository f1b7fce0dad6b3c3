// Clusters to draw: the sample shop, and one of 300 workloads that looks like those of companies. The same every time.
// Must not know how they are drawn.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type {
  AnalysisInput,
  PolicyFacts,
  PolicyPeer,
  PolicyRule,
  WorkloadFacts,
} from '../src/analyze/facts.ts';
import { withoutStandIns } from '../src/analyze/stand-ins.ts';
import type { Owner } from '../src/model/policies.ts';
import type { Labels } from '../src/model/selectors.ts';
import { readAnalysisInput } from '../src/objects/analysis-input.ts';

const platform: Pick<Owner, 'kind' | 'name'> = { kind: 'PlatformNetworkProfile', name: 'default' };

/** A workload whose pods carry the label `app`. */
export function workload(namespace: string, name: string, kind = 'Deployment'): WorkloadFacts {
  const ports = [{ name: 'metrics', protocol: 'TCP' as const, number: 9090 }];
  return {
    namespace,
    name,
    kind,
    pods: [{ labels: { app: name }, ports, addresses: [], hostNetwork: false }],
  };
}

/** An input that holds these workloads, in the namespaces that they are in. */
export function cluster(
  workloads: readonly WorkloadFacts[],
  policies: readonly PolicyFacts[],
): AnalysisInput {
  const names = [...new Set(workloads.map(({ namespace }) => namespace))].sort();
  return { namespaces: names.map((name) => ({ name, labels: {} })), workloads, services: [], policies };
}

/** Lets nobody in. */
export function denyIngress(namespace: string): PolicyFacts {
  const spec = { podSelector: {}, policyTypes: ['Ingress'] as const };
  return { namespace, name: 'ringfence-default-deny-ingress', spec, owner: platform };
}

/** Lets nobody out. */
export function denyEgress(namespace: string): PolicyFacts {
  const spec = { podSelector: {}, policyTypes: ['Egress'] as const };
  return { namespace, name: 'ringfence-default-deny-egress', spec, owner: platform };
}

/** A policy that lets in to the pods of one app, or to all of a namespace. */
export function letIn(
  to: string,
  name: string,
  rules: readonly PolicyRule[],
  origins: readonly string[] = [],
): PolicyFacts {
  const [namespace = '', app] = to.split('/');
  const podSelector = app === undefined ? {} : { matchLabels: { app } };
  return {
    namespace,
    name: `ringfence-${name}`,
    spec: { podSelector, policyTypes: ['Ingress'], ingress: rules },
    owner: origins.length === 0 ? platform : { kind: 'AppNetworkProfile', name: namespace },
    ...(origins.length === 0 ? {} : { origins: rules.map(() => origins) }),
  };
}

/** The pods of one app of one namespace. */
export function app(namespace: string, name: string): PolicyPeer {
  return {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    podSelector: { matchLabels: { app: name } },
  };
}

/** A rule of ingress. */
export function from(peer: PolicyPeer, ...ports: readonly (number | string)[]): PolicyRule {
  return { from: [peer], ports: ports.map((port) => ({ port })) };
}

const controller = app('ingress-nginx', 'controller');
const prometheus = app('monitoring', 'prometheus');

/** The sample shop with the policies that its golden case has: three workloads, the console of its admins, the systems. */
export function shop(): AnalysisInput {
  const policies = readFileSync(join(import.meta.dirname, 'cases/sample-shop/policies.yaml'), 'utf8');
  const objects = [
    ...parseAllDocuments(policies).map((document) => document.toJS() as object),
    deployment('ingress-nginx', 'ingress-nginx', 80, { 'app.kubernetes.io/component': 'controller' }),
    deployment('monitoring', 'prometheus', 9090),
    deployment('shop', 'mongo', 27_017),
    deployment('shop', 'nosqlclient', 3000),
    deployment('shop', 'web-console', 8080),
    deployment('shop-admin', 'admin-console', 8081),
  ];
  const { input, problems } = readAnalysisInput(objects);
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  return withoutStandIns(input);
}

function deployment(namespace: string, name: string, port: number, more: Labels = {}): object {
  const labels = { 'app.kubernetes.io/name': name, ...more };
  const ports = [
    { name: 'http', containerPort: port },
    { name: 'metrics', containerPort: 9100 },
  ];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace, name },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'none', ports }] } },
    },
  };
}

/** Names that no API server would take, but files may hold. */
export const hostileNames = [
  '</script><script>alert(1)</script>',
  '<img src=x onerror=alert(2)>',
  '"]; click p0 "javascript:alert(3)"',
  "' onload='alert(4)",
  '<!--<script>',
  '`**bold**` #35; %% end',
  '\u202egnp.exe\u0000\n\ud800',
  'a'.repeat(300),
] as const;

/** Two namespaces, with each hostile name as a namespace, a workload and a policy. */
export function hostile(): AnalysisInput {
  const [first, second] = hostileNames;
  return cluster(
    [
      ...hostileNames.map((name) => workload(first, name)),
      ...hostileNames.map((name) => workload(second, name)),
    ],
    hostileNames.map((name) => ({
      namespace: first,
      name,
      spec: {
        podSelector: { matchLabels: { app: name } },
        policyTypes: ['Ingress'],
        ingress: [from(app(second, name), 80)],
      },
      origins: [[name]],
    })),
  );
}

const teams = [
  ...['accounts', 'catalog', 'checkout', 'fraud', 'ledger', 'loyalty', 'media', 'payments', 'pricing'],
  ...['reviews', 'search', 'shipping', 'support'],
];
const apps = [
  ...['api', 'cache', 'gateway', 'indexer', 'kafka', 'mailer', 'postgres', 'redis', 'reports'],
  ...['scheduler', 'web', 'worker'],
];

/** Who reaches whom within a team's namespace, and on which port. */
const inTeam: readonly (readonly [string, string, number])[] = [
  ['web', 'api', 8080],
  ['gateway', 'api', 8080],
  ['api', 'postgres', 5432],
  ['worker', 'postgres', 5432],
  ['reports', 'postgres', 5432],
  ['api', 'redis', 6379],
  ['worker', 'redis', 6379],
  ['cache', 'redis', 6379],
  ['scheduler', 'worker', 8080],
  ['api', 'kafka', 9092],
  ['worker', 'kafka', 9092],
  ['indexer', 'kafka', 9092],
  ['api', 'mailer', 8025],
];

/**
 * 300 workloads in 29 namespaces: 13 teams with production and staging, and the systems around them. One namespace has no
 * policy; in two, egress is closed as well.
 */
export function company(): AnalysisInput {
  const namespaces = teams.flatMap((team) => [`${team}-prod`, `${team}-staging`]);
  const fenced = namespaces.filter((namespace) => namespace !== 'media-staging');
  const systems = [
    workload('ingress-nginx', 'controller'),
    ...['coredns', 'metrics-server'].map((name) => workload('kube-system', name)),
    workload('kube-system', 'kube-proxy', 'DaemonSet'),
    ...['alertmanager', 'grafana', 'prometheus'].map((name) => workload('monitoring', name, 'StatefulSet')),
  ];
  const own = namespaces.flatMap((namespace, index) =>
    apps
      .filter((_, place) => (place + index) % 13 > 0 || place === 0)
      .map((name) =>
        workload(namespace, name, /postgres|redis|kafka/.test(name) ? 'StatefulSet' : 'Deployment'),
      ),
  );
  return cluster([...systems, ...own].slice(0, 300), [
    ...fenced.flatMap(teamPolicies),
    ...acrossTeams(fenced),
    ...['payments-prod', 'ledger-prod'].flatMap((namespace) => [denyEgress(namespace), toDns(namespace)]),
  ]);
}

function teamPolicies(namespace: string): readonly PolicyFacts[] {
  const targets = Map.groupBy(inTeam, ([, to]) => to);
  return [
    denyIngress(namespace),
    letIn(namespace, 'monitoring', [from(prometheus, 'metrics')]),
    ...['web', 'gateway'].map((name) =>
      letIn(`${namespace}/${name}`, `exposed-${name}`, [from(controller, 8080)]),
    ),
    ...[...targets].map(([to, routes]) =>
      letIn(
        `${namespace}/${to}`,
        `routes-${to}`,
        routes.map(([source, , port]) => from(app(namespace, source), port)),
        [`to-${to}`],
      ),
    ),
  ];
}

/** Namespaces call others of the same stage, in chains and a few circles. */
function acrossTeams(fenced: readonly string[]): readonly PolicyFacts[] {
  return fenced.flatMap((namespace, index) =>
    [2, 6].flatMap((step, turn) => {
      const source = fenced[(index * 5 + step) % fenced.length] ?? '';
      if (
        (index + turn) % 3 === 0 ||
        source === namespace ||
        source.endsWith('-prod') !== namespace.endsWith('-prod')
      )
        return [];
      return [
        letIn(
          `${namespace}/api`,
          `from-${source}`,
          [from(app(source, turn === 0 ? 'worker' : 'api'), 8443)],
          [`${source}-to-api`],
        ),
      ];
    }),
  );
}

function toDns(namespace: string): PolicyFacts {
  const egress = [
    {
      to: [app('kube-system', 'coredns')],
      ports: [{ protocol: 'UDP' as const, port: 53 }, { port: 53 }],
    },
    { to: [{ podSelector: {} }] },
  ];
  return {
    namespace,
    name: 'ringfence-dns',
    owner: platform,
    spec: { podSelector: {}, policyTypes: ['Egress'], egress },
  };
}
