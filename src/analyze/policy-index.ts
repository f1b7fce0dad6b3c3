// Which policies isolate which pods, in which direction.
// Must not know what they allow.
import { getOrInsert } from '../model/groups.ts';
import { type Direction, directions } from '../model/network-policy.ts';
import { compareText } from '../model/object-key.ts';
import type { PortSet } from '../model/port-set.ts';
import { type Labels, nameLabel } from '../model/selectors.ts';
import type { LabelSelection, LabelSelections } from './classes/label-selections.ts';
import type { PodClass, Pods } from './classes/pod-classes.ts';
import type { AnalysisInput, PolicyFacts } from './facts.ts';
import { hasNames, resolvePorts } from './rule-ports.ts';
import type { RuleReader } from './rule-reader.ts';
import { isolationOf, type ParsedRule } from './rules.ts';
import type { Isolation, PolicyIndex } from './sides.ts';

/** A policy that isolates in one direction, with the pods that it selects and what it allows them there. */
interface Isolating {
  readonly policy: PolicyFacts;
  readonly selection: LabelSelection;
  readonly rules: readonly ParsedRule[];
}

const none: Isolation = { policies: [], rules: [] };

/** Finds the policies of each class, once. In the order of their keys, independent of the input. */
export function indexPolicies(
  { namespaces, policies }: AnalysisInput,
  { classes }: Pods,
  selections: LabelSelections,
  reader: RuleReader,
): PolicyIndex {
  const byNamespace = Map.groupBy(policies, ({ namespace }) => namespace);
  const classesThere = Map.groupBy(classes, ({ namespace }) => namespace);
  const found = { Ingress: new Map<PodClass, Isolation>(), Egress: new Map<PodClass, Isolation>() };
  for (const [namespace, some] of classesThere) {
    const here = [...(byNamespace.get(namespace) ?? [])].sort((a, b) => compareText(a.name, b.name));
    for (const direction of directions) {
      const isolating = isolatingIn(direction, here, selections, reader);
      if (isolating.length === 0) continue;
      for (const podClass of some) found[direction].set(podClass, isolate(podClass, isolating));
    }
  }
  const numbers = new Map<ParsedRule, PortSet>();
  return {
    isolationOf: (podClass, direction) => found[direction].get(podClass) ?? none,
    labelsOf: labelsOfNamespaces(namespaces),
    portsOf: (rule, declared) =>
      hasNames(rule.ports)
        ? resolvePorts(rule.ports, declared)
        : getOrInsert(numbers, rule, () => resolvePorts(rule.ports, [])),
  };
}

function isolatingIn(
  direction: Direction,
  policies: readonly PolicyFacts[],
  selections: LabelSelections,
  reader: RuleReader,
): readonly Isolating[] {
  return policies
    .filter(({ spec }) => isolationOf(spec).includes(direction))
    .map((policy) => ({
      policy,
      selection: selections.of(reader.podsOf(policy)),
      rules: reader.rulesOf(policy, direction),
    }));
}

function isolate({ labelSet, hostNetwork }: PodClass, candidates: readonly Isolating[]): Isolation {
  if (hostNetwork) return none;
  const policies: PolicyFacts[] = [];
  const rules: ParsedRule[] = [];
  for (const candidate of candidates) {
    if (!candidate.selection.has(labelSet)) continue;
    policies.push(candidate.policy);
    rules.push(...candidate.rules);
  }
  return policies.length === 0 ? none : { policies, rules };
}

/** The labels of each namespace; one that is not known has only its name. */
export function labelsOfNamespaces(namespaces: AnalysisInput['namespaces']): PolicyIndex['labelsOf'] {
  const labels = new Map(namespaces.map((each) => [each.name, withName(each.name, each.labels)]));
  return (namespace) => labels.get(namespace) ?? withName(namespace, {});
}

/** The API server sets this label on each namespace and lets nobody change it (KEP-2161). */
function withName(name: string, labels: Labels): Labels {
  return { ...labels, [nameLabel]: name };
}
