// Which policies isolate which pods, in which direction.
// Must not know what they allow.
import { getOrInsert } from '../model/groups.ts';
import type { Direction } from '../model/network-policy.ts';
import { compareKeys } from '../model/object-key.ts';
import type { PortSet } from '../model/port-set.ts';
import { type Labels, nameLabel, selects } from '../model/selectors.ts';
import type { PodClass } from './classes/pod-classes.ts';
import type { AnalysisInput, PolicyFacts } from './facts.ts';
import { hasNames, resolvePorts } from './rule-ports.ts';
import { isolationOf, type ParsedRule, rulesOf } from './rules.ts';
import type { Isolation, PolicyIndex } from './sides.ts';

/** A policy that isolates in one direction, with what it allows there. */
interface Isolating {
  readonly policy: PolicyFacts;
  readonly rules: readonly ParsedRule[];
}

const none: Isolation = { policies: [], rules: [] };

/** Finds the policies of each class, once. In the order of their keys, independent of the input. */
export function indexPolicies(
  { namespaces, policies }: AnalysisInput,
  classes: readonly PodClass[],
): PolicyIndex {
  const found = {
    Ingress: isolateAll('Ingress', policies, classes),
    Egress: isolateAll('Egress', policies, classes),
  };
  const numbers = new Map<ParsedRule, PortSet>();
  const labels = new Map(namespaces.map((each) => [each.name, withName(each.name, each.labels)]));
  return {
    isolationOf: (podClass, direction) => found[direction][podClass.index] ?? none,
    labelsOf: (namespace) => labels.get(namespace) ?? withName(namespace, {}),
    portsOf: (rule, declared) =>
      hasNames(rule.ports)
        ? resolvePorts(rule.ports, declared)
        : getOrInsert(numbers, rule, () => resolvePorts(rule.ports, [])),
  };
}

function isolateAll(
  direction: Direction,
  policies: readonly PolicyFacts[],
  classes: readonly PodClass[],
): readonly Isolation[] {
  const isolating = policies
    .filter(({ spec }) => isolationOf(spec).includes(direction))
    .sort(compareKeys)
    .map((policy) => ({ policy, rules: rulesOf(policy, direction) }));
  const byNamespace = Map.groupBy(isolating, ({ policy }) => policy.namespace);
  return classes.map((podClass) => isolate(podClass, byNamespace.get(podClass.namespace) ?? []));
}

function isolate({ labels, hostNetwork }: PodClass, candidates: readonly Isolating[]): Isolation {
  if (hostNetwork) return none;
  const selecting = candidates.filter(({ policy }) => selects(policy.spec.podSelector, labels));
  return {
    policies: selecting.map(({ policy }) => policy),
    rules: selecting.flatMap(({ rules }) => rules),
  };
}

/** The API server sets this label on each namespace and lets nobody change it (KEP-2161). */
function withName(name: string, labels: Labels): Labels {
  return { ...labels, [nameLabel]: name };
}
