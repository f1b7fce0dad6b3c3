// What a set of policies allows, according to the analysis: between some pods, and between them and some addresses.
// Must not know what should be allowed.
import { type Analysis, analyze } from '../../src/analyze/analysis.ts';
import { type Endpoint, formatEndpoint } from '../../src/analyze/endpoints.ts';
import { formatPortSet, noPorts, type PortSet, portSets } from '../../src/model/port-set.ts';
import { readAnalysisInput } from '../../src/objects/analysis-input.ts';
import type { PolicySet } from './policy-recorder.ts';

/** The environment of the policies. */
export interface Surroundings {
  /** Labels of namespaces, by name. */
  readonly namespaces: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Pods, each given as `namespace/name` with its addresses: its label is its name. */
  readonly pods: Readonly<Record<string, readonly string[]>>;
  /** Addresses outside of all pods. */
  readonly addresses: readonly string[];
}

/** The ports of each allowed connection, by `from -> to`. */
export type Connectivity = ReadonlyMap<string, PortSet>;

/** The connections that a set of policies allows. */
export function connectivityOf(
  policies: Iterable<PolicySet extends ReadonlyMap<string, infer Policy> ? Policy : never>,
  { namespaces, pods, addresses }: Surroundings,
): Connectivity {
  const { input, problems } = readAnalysisInput([
    ...Object.entries(namespaces).map(([name, labels]) => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels: { 'kubernetes.io/metadata.name': name, ...labels } },
    })),
    ...Object.entries(pods).map(([key, ips]) => podOf(key, ips)),
    ...[...policies].map((policy) => ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      ...policy,
    })),
  ]);
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  const analysis = analyze(input);
  const ends: readonly Endpoint[] = [...analysis.workloads, ...addresses.map((cidr) => ({ cidr }))];
  return new Map(ends.flatMap((from) => ends.flatMap((to) => between(analysis, from, to))));
}

function between(analysis: Analysis, from: Endpoint, to: Endpoint): readonly [string, PortSet][] {
  const parts = analysis.explain(from, to).map(({ ports }) => ports);
  const [first, ...rest] = parts;
  if (first === undefined) return [];
  // For several pods, or addresses, what is allowed for all of them.
  return [
    [
      `${formatEndpoint(from)} -> ${formatEndpoint(to)}`,
      rest.reduce((a, b) => portSets.intersection(a, b), first),
    ],
  ];
}

function podOf(key: string, ips: readonly string[]): object {
  const [namespace, name] = key.split('/');
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace, name, labels: { 'app.kubernetes.io/name': name, 'k8s-app': name } },
    spec: { containers: [{ ports: [{ name: 'metrics', containerPort: 9090 }] }] },
    status: { podIPs: ips.map((ip) => ({ ip })) },
  };
}

/** What both allow. */
export function both(a: Connectivity, b: Connectivity): Connectivity {
  return new Map([...a].map(([name, ports]) => [name, portSets.intersection(ports, b.get(name) ?? noPorts)]));
}

/** What is in `inner` and not in `outer`, as texts for people: empty if `outer` contains all of it. */
export function beyond(inner: Connectivity, outer: Connectivity): readonly string[] {
  return [...inner].flatMap(([name, ports]) => {
    const allowed = outer.get(name) ?? noPorts;
    return portSets.covers(allowed, ports)
      ? []
      : [`${name}: ${formatPortSet(portSets.difference(ports, allowed))}`];
  });
}
