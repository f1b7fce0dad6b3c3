// Which connections the recorded policies allow at each moment, by the simplest possible evaluator.
// What is the same before and after a fault must not change in between: a closed connection never opens, an open one is never cut.
import type { AnalysisInput, PolicyFacts } from '../../src/analyze/facts.ts';
import { type NaiveAnalysis, type NaiveEnd, naiveAnalysis } from '../../test/naive-analysis.ts';
import type { StoredPolicy } from '../cluster.ts';
import type { PolicyState, RecordedState } from '../support/policy-recorder.ts';
import { addresses, alwaysClosed, alwaysOpen, apps, ports, surroundings } from './shop.ts';

/** A connection to check. */
export interface Connection {
  /** As in `shop/web -> shop/mongo 27017/TCP`. */
  readonly name: string;
  readonly from: NaiveEnd;
  readonly to: NaiveEnd;
  readonly port: (typeof ports)[number];
}

/** All connections with a pod of one of these namespaces. */
export function connectionsOf(namespaces: readonly string[]): readonly Connection[] {
  const own = namespaces.flatMap((namespace) =>
    apps.map((app) => podIn(namespace, { 'app.kubernetes.io/name': app })),
  );
  const around = Object.entries(surroundings).flatMap(([namespace, pods]) =>
    namespaces.includes(namespace) ? [] : pods.map((labels) => podIn(namespace, labels)),
  );
  const outside = addresses.map((address): NaiveEnd => ({ address }));
  const others = [...around, ...outside];
  const pairs = [
    ...own.flatMap((from) => own.filter((to) => to !== from).map((to) => [from, to] as const)),
    ...own.flatMap((one) => others.flatMap((other) => [[one, other] as const, [other, one] as const])),
  ];
  return pairs.flatMap(([from, to]) =>
    ports.map((port) => ({
      name: `${nameOf(from)} -> ${nameOf(to)} ${port.number}/${port.protocol}`,
      from,
      to,
      port,
    })),
  );
}

/** Whether the policies of a moment allow a connection. */
export type IsAllowed = (connection: Connection, policies: PolicyState) => boolean;

/** An evaluator that parses the policies of each moment once. */
function evaluator(): IsAllowed {
  const known = new Map<PolicyState, Map<string, NaiveAnalysis>>();
  const analysisOf = (policies: PolicyState, ends: readonly string[]) => {
    const ofMoment = known.get(policies) ?? new Map<string, NaiveAnalysis>();
    known.set(policies, ofMoment);
    const key = ends.join();
    const analysis = ofMoment.get(key) ?? naiveAnalysis(inputOf(policies, ends));
    ofMoment.set(key, analysis);
    return analysis;
  };
  return ({ from, to, port }, policies) =>
    analysisOf(policies, [from, to].map(namespaceOf))(from, to, port.protocol, port.number);
}

function inputOf(policies: PolicyState, namespaces: readonly string[]): AnalysisInput {
  const concerned = [...policies.values()].filter(({ metadata }) => namespaces.includes(metadata.namespace));
  return { namespaces: [], workloads: [], services: [], policies: concerned.map(factsOf) };
}

/** A record of policies. */
export interface Recorded {
  readonly states: readonly RecordedState[];
}

/** What to check. */
export interface Expected {
  /** Only connections from or to pods of these are checked. */
  readonly namespaces: readonly string[];
  /** The number of the state before the fault. */
  readonly since: number;
}

/**
 * The moments at which a connection differed from both before and now, as texts: empty if there was none.
 */
export function broken(recorder: Recorded, { namespaces, since }: Expected): readonly string[] {
  const isAllowed = evaluator();
  const states = recorder.states.slice(since);
  const [first, last] = [states[0], states.at(-1)];
  if (first === undefined || last === undefined) throw new Error(`nothing was recorded since ${since}`);
  return connectionsOf(namespaces).flatMap((connection) => {
    const before = isAllowed(connection, first.policies);
    return isAllowed(connection, last.policies) === before
      ? exceptions(connection, states, before, isAllowed)
      : [];
  });
}

/** The moments at which one of the connections was not as it must always be, as texts. */
export function everOther(
  recorder: Recorded,
  since: number,
  connections: readonly Connection[],
  mustBeAllowed: boolean,
): readonly string[] {
  const isAllowed = evaluator();
  const states = recorder.states.slice(since);
  return connections.flatMap((connection) => exceptions(connection, states, mustBeAllowed, isAllowed));
}

/**
 * The moments at which a namespace with `teamSpec` did not match this spec, as texts. It applies in every egress mode,
 * so the mode may change in between.
 */
export function otherThanDeclared(recorder: Recorded, since: number, namespace: string): readonly string[] {
  const named = (names: readonly string[]) => {
    const wanted = names.map((name) => name.replaceAll('team/', `${namespace}/`));
    return connectionsOf([namespace]).filter(({ name }) => wanted.includes(name));
  };
  return [
    ...everOther(recorder, since, named(alwaysOpen), true),
    ...everOther(recorder, since, named(alwaysClosed), false),
  ];
}

/** The first moment at which a connection was not as it must be, as a text. */
function exceptions(
  connection: Connection,
  states: readonly RecordedState[],
  mustBeAllowed: boolean,
  isAllowed: IsAllowed,
): readonly string[] {
  const bad = concerning(connection, states).find(
    ({ policies }) => isAllowed(connection, policies) !== mustBeAllowed,
  );
  return bad === undefined
    ? []
    : [`${connection.name} was ${mustBeAllowed ? 'cut' : 'open'} after ${formatState(bad)}`];
}

/** The first state, and those in which policies of one of the ends changed. */
function concerning({ from, to }: Connection, states: readonly RecordedState[]): readonly RecordedState[] {
  const concerned = [from, to].map(namespaceOf);
  return states.filter(
    ({ namespace }, index) => index === 0 || namespace === undefined || concerned.includes(namespace),
  );
}

function formatState({ change, namespace, policies }: RecordedState): string {
  const names = [...policies.values()]
    .filter(({ metadata }) => metadata.namespace === namespace)
    .map(({ metadata }) => metadata.name);
  return `${change}; there were [${names.sort().join(' ')}]`;
}

function podIn(namespace: string, labels: Readonly<Record<string, string>>): NaiveEnd {
  const metrics = { name: 'metrics', protocol: 'TCP', number: 9090 } as const;
  return { namespace, pod: { labels, ports: [metrics], addresses: ['10.244.1.1'], hostNetwork: false } };
}

function nameOf(end: NaiveEnd): string {
  return 'address' in end ? end.address : `${end.namespace}/${Object.values(end.pod.labels).join()}`;
}

function namespaceOf(end: NaiveEnd): string {
  return 'address' in end ? '' : end.namespace;
}

function factsOf({ metadata: { namespace, name }, spec }: StoredPolicy): PolicyFacts {
  return { namespace, name, spec: spec as PolicyFacts['spec'] };
}
