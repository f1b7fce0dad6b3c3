// Equivalence classes over all namespaces: pods that are equal as sources, and pods that are equal as targets. If nothing
// is isolated, there is one of each, for any number of pods. Must not know which connections follow.
import { groupsBy } from '../../model/groups.ts';
import type { Family } from '../../model/ip-ranges.ts';
import type { PortTable } from '../port-table.ts';
import { type RulePort, resolvePorts } from '../rule-ports.ts';
import { familiesOf, type PolicyIndex } from '../sides.ts';
import { type AccessSignature, AccessSignatures } from './access-signatures.ts';
import type { LabelSelections } from './label-selections.ts';
import { PeerSets } from './peer-sets.ts';
import type { PodClass, PodGroup, Pods } from './pod-classes.ts';

/** Pods that are equal as sources, or as targets. */
interface EquivalenceClass {
  readonly index: number;
  readonly groups: readonly PodGroup[];
  readonly families: readonly Family[];
  /** The sets of peers that they are in, and to which the other side grants something. */
  readonly memberOf: ReadonlySet<number>;
}

/** Pods that reach the same. */
export interface SourceClass extends EquivalenceClass {
  /** What they may reach. */
  readonly egress: AccessSignature;
}

/** Pods that are reached by the same. */
export interface TargetClass extends EquivalenceClass {
  /** What may reach them. */
  readonly ingress: AccessSignature;
  /** One of them, which resolves port names as all of them do. */
  readonly podClass: PodClass;
}

/** The equivalence classes of all pods. */
export interface EquivalenceClasses {
  readonly sources: readonly SourceClass[];
  readonly targets: readonly TargetClass[];
  /** What the peers of rules mean. */
  readonly peers: PeerSets;
}

/** Finds the equivalence classes of all pods. */
export function findEquivalenceClasses(
  pods: Pods,
  index: PolicyIndex,
  selections: LabelSelections,
  table: PortTable,
): EquivalenceClasses {
  const { classes, groups } = pods;
  const sets = new PeerSets(pods, selections, index.labelsOf);
  const egress = new AccessSignatures('Egress', index, sets, table);
  const ingress = new AccessSignatures('Ingress', index, sets, table);
  const sides = classes.map((podClass) => ({
    podClass,
    families: familiesOf(podClass),
    egress: egress.of(podClass),
    ingress: ingress.of(podClass),
  }));
  const letIn = membershipsIn(ingress.all, classes.length);
  const reached = membershipsIn(egress.all, classes.length);
  const names = namesIn(egress.all);
  const groupsByClass = Map.groupBy(groups, ({ podClass }) => podClass.index);
  const groupsOf = (alike: readonly { readonly podClass: PodClass }[]): readonly PodGroup[] =>
    alike
      .flatMap(({ podClass }) => groupsByClass.get(podClass.index) ?? [])
      .sort((a, b) => a.index - b.index);
  const sources = groupsBy(sides, ({ podClass, families, egress: { index: signature } }) =>
    [signature, families, letIn[podClass.index]].join(' '),
  );
  const targets = groupsBy(sides, ({ podClass, families, ingress: { index: signature } }) => {
    const named = names.map((name) => table.idOf(resolvePorts([name], podClass.ports)));
    return [signature, families, reached[podClass.index], named].join(' ');
  });
  return {
    peers: sets,
    sources: sources.map((alike, index) => {
      const [{ podClass, families, egress: signature }] = alike;
      const memberOf = new Set(letIn[podClass.index]);
      return { index, groups: groupsOf(alike), families, egress: signature, memberOf };
    }),
    targets: targets.map((alike, index) => {
      const [{ podClass, families, ingress: signature }] = alike;
      const memberOf = new Set(reached[podClass.index]);
      return { index, groups: groupsOf(alike), families, ingress: signature, memberOf, podClass };
    }),
  };
}

/** For each class the sets that it is in and to which these signatures grant something, ascending. */
function membershipsIn(
  signatures: readonly AccessSignature[],
  classes: number,
): readonly (readonly number[])[] {
  const memberOf: number[][] = Array.from({ length: classes }, () => []);
  const sets = new Set(signatures.flatMap(({ grants }) => grants.map(({ peers }) => peers)));
  for (const { index, members } of [...sets].sort((a, b) => a.index - b.index)) {
    for (const member of members) memberOf[member]?.push(index);
  }
  return memberOf;
}

function namesIn(signatures: readonly AccessSignature[]): readonly RulePort[] {
  const lists = new Set(signatures.flatMap(({ grants }) => grants.map(({ ports }) => ports.names)));
  return [...lists].flat();
}
