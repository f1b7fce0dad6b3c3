// Selectors with labels that select every pod of a namespace all the same: the workloads of one chart often share a label, and one of
// them was meant.
import { aboutPolicy, type Finding } from '../../model/findings.ts';
import { directions } from '../../model/network-policy.ts';
import { formatSelector } from '../../model/selector-texts.ts';
import { type LabelSelector, onlyNamesIn, selects, selectsEverything } from '../../model/selectors.ts';
import { isTransientLabel } from '../../model/transient-labels.ts';
import type { PolicyFacts } from '../facts.ts';
import { isBlock, type ParsedPeer } from '../rules.ts';
import { eachPeer, listWorkloads } from './check.ts';
import type { LintContext, LintPod } from './lint-context.ts';

/** Finds them in policies that allow something, and in their peers. */
export function labelsSelectEveryPod(context: LintContext): readonly Finding[] {
  const ofPolicies = context.policies
    .filter((policy) => directions.some((direction) => context.rulesOf(policy, direction).length > 0))
    .flatMap((policy) => {
      const { namespace, spec } = policy;
      return everyPod(context, policy, { namespace, selector: spec.podSelector, path: 'spec.podSelector' });
    });
  const ofPeers = eachPeer(context, (peer, path, { policy }) =>
    namespacesIn(peer).flatMap(({ namespace, selector }) =>
      everyPod(context, policy, { namespace, selector, path: `${path}.podSelector` }),
    ),
  );
  return [...ofPolicies, ...ofPeers];
}

/** The only namespace of a peer, if it is one of pods, and has only one. */
function namespacesIn(
  peer: ParsedPeer,
): readonly { readonly namespace: string; readonly selector: LabelSelector }[] {
  if (isBlock(peer)) return [];
  const { namespace, namespaceSelector, podSelector } = peer;
  const names = namespaceSelector === undefined ? [namespace ?? ''] : onlyNamesIn(namespaceSelector);
  return names.length === 1 ? names.map((name) => ({ namespace: name, selector: podSelector })) : [];
}

interface Selected {
  readonly namespace: string;
  readonly selector: LabelSelector;
  readonly path: string;
}

function everyPod(
  context: LintContext,
  policy: PolicyFacts,
  { namespace, selector, path }: Selected,
): readonly Finding[] {
  if (selectsEverything(selector) || !context.arePodsKnown(namespace)) return [];
  const pods = context.podsIn(namespace);
  // One workload alone is what was meant.
  const workloads = new Set(pods.map(({ workload }) => `${workload.kind}/${workload.name}`));
  if (workloads.size < 2 || !pods.every(({ labels }) => selects(selector, labels))) return [];
  return [
    aboutPolicy(policy, 'SelectsEveryPod', {
      path,
      message: `every pod of \`${namespace}\` has the labels ${formatSelector(selector)}: those of ${listWorkloads(pods)}`,
      hint: `if you mean some of them, ${howToTell(pods)}`,
    }),
  ];
}

function howToTell(pods: readonly LintPod[]): string {
  const [key] = keysThatDiffer(pods);
  return key === undefined ? 'give them a label of their own' : `add their \`${key}\``;
}

/** Labels that every pod has, of which each workload has another value: well-known ones first. */
function keysThatDiffer(pods: readonly LintPod[]): readonly string[] {
  const [first] = pods;
  const workloads = Map.groupBy(pods, ({ workload }) => `${workload.kind}/${workload.name}`);
  return Object.keys(first?.labels ?? {})
    .filter((key) => !isTransientLabel(key))
    .filter((key) => {
      const values = [...workloads.values()].map((own) => new Set(own.map(({ labels }) => labels[key])));
      const all = new Set(values.flatMap((own) => [...own]));
      return !all.has(undefined) && values.every(({ size }) => size === 1) && all.size === values.length;
    })
    .sort((a, b) => Number(b.startsWith(wellKnown)) - Number(a.startsWith(wellKnown)));
}

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/ */
const wellKnown = 'app.kubernetes.io/';
