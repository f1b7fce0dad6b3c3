// Policies and peers whose selector selects no pod: often a label is misspelt, and then what the policy should allow is denied.
import { nearest } from '../../model/did-you-mean.ts';
import { aboutPolicy, type Finding } from '../../model/findings.ts';
import { formatSelector } from '../../model/selector-texts.ts';
import {
  type LabelSelector,
  nameLabel,
  onlyNamesIn,
  selects,
  selectsEverything,
} from '../../model/selectors.ts';
import type { PolicyFacts } from '../facts.ts';
import { isBlock, type PodPeer } from '../rules.ts';
import { eachPeer, listWorkloads } from './check.ts';
import type { LintContext, LintPod } from './lint-context.ts';

/** Finds policies that select no pod of a namespace whose pods are known. */
export function policySelectsNothing(context: LintContext): readonly Finding[] {
  return context.policies
    .filter(({ namespace, spec }) => !selectsEverything(spec.podSelector) && context.arePodsKnown(namespace))
    .filter((policy) => context.selectedBy(policy).length === 0)
    .map((policy) =>
      aboutPolicy(policy, 'SelectsNoPods', {
        path: 'spec.podSelector',
        message: `no pod of \`${policy.namespace}\` has the labels ${formatSelector(policy.spec.podSelector)}`,
        hint: hintFor(context, policy.namespace, policy.spec.podSelector),
      }),
    );
}

/** The labels that were probably meant, or how to see those that exist. */
function hintFor(context: LintContext, namespace: string, selector: LabelSelector): string {
  return labelsMeant(selector, context.podsIn(namespace)) ?? compareIn(`-n ${namespace}`);
}

function compareIn(where: string): string {
  return `compare them with \`kubectl get pods ${where} --show-labels\``;
}

/** Similar labels of pods, if each label that no pod has is similar to one that a pod has. */
function labelsMeant({ matchLabels = {} }: LabelSelector, pods: readonly LintPod[]): string | undefined {
  const missing = Object.entries(matchLabels).filter(
    ([key, value]) => !pods.some(({ labels }) => labels[key] === value),
  );
  const meant = missing.map(([key, value]) => labelMeant(key, value, pods));
  return meant.length === 0 || meant.includes(undefined) ? undefined : `did you mean \`${meant.join(',')}\`?`;
}

function labelMeant(key: string, value: string, pods: readonly LintPod[]): string | undefined {
  const valuesOf = (name: string) => [...new Set(pods.flatMap(({ labels }) => labels[name] ?? []))].sort();
  const sameKey = nearest(value, valuesOf(key));
  if (sameKey !== undefined) return `${key}=${sameKey}`;
  const keys = [...new Set(pods.flatMap(({ labels }) => Object.keys(labels)))].sort();
  const otherKey = nearest(key, keys);
  return otherKey !== undefined && valuesOf(otherKey).includes(value) ? `${otherKey}=${value}` : undefined;
}

/** Finds Services that select no pod of a namespace whose pods are known: nothing answers on their addresses. */
export function serviceSelectsNothing(context: LintContext): readonly Finding[] {
  return context.services.flatMap(({ namespace, name, type, selector = {} }) => {
    const pods = context.podsIn(namespace);
    const isChecked =
      type !== 'ExternalName' && Object.keys(selector).length > 0 && context.arePodsKnown(namespace);
    if (!isChecked || pods.some(({ labels }) => selects({ matchLabels: selector }, labels))) return [];
    return [
      {
        code: 'ServiceSelectsNoPods',
        subject: { kind: 'Service', namespace, name },
        path: 'spec.selector',
        message: `no pod of \`${namespace}\` has the labels ${formatSelector({ matchLabels: selector })}: nothing is behind this Service`,
        hint: hintFor(context, namespace, { matchLabels: selector }),
      },
    ];
  });
}

/** Finds peers that select no pod, although pods are known where they look. */
export function peerSelectsNothing(context: LintContext): readonly Finding[] {
  return eachPeer(context, (peer, path, { policy }) =>
    isBlock(peer) ? [] : checkPeer(context, policy, peer, path),
  );
}

function checkPeer(
  context: LintContext,
  policy: PolicyFacts,
  peer: PodPeer,
  path: string,
): readonly Finding[] {
  const { namespaceSelector, podSelector } = peer;
  if (namespaceSelector !== undefined && !context.isAnyNamespaceSelected(namespaceSelector)) {
    return [
      aboutPolicy(policy, 'PeerSelectsNothing', {
        path: `${path}.namespaceSelector`,
        ...missingNamespace(namespaceSelector, context.namespaceNames),
      }),
    ];
  }
  const onNodes = context.inHostNetwork(peer);
  if (onNodes.length > 0 && context.selectedAs(peer).length === 0)
    return [
      aboutPolicy(policy, 'PeerSelectsNothing', {
        path: `${path}.podSelector`,
        message: `the pods of ${listWorkloads(onNodes)} are in the host network: no selector selects them`,
        hint: 'name the addresses of their nodes: `nodes` in a route, an `ipBlock` in a policy',
      }),
    ];
  const isAnyKnown = context.selectedAs({ ...peer, podSelector: {} }).length > 0;
  if (!isAnyKnown || context.mayHidePods(peer) || context.selectedAs(peer).length > 0) return [];
  const [name, ...more] =
    namespaceSelector === undefined ? [policy.namespace] : onlyNamesIn(namespaceSelector);
  const where = name === undefined || more.length > 0 ? 'the namespaces it selects' : `\`${name}\``;
  const elsewhere =
    namespaceSelector === undefined && context.selectedAs({ podSelector, namespaceSelector: {} }).length > 0
      ? 'pods of other namespaces have them: add a `namespaceSelector` to this peer, in the same list entry'
      : (labelsMeant(podSelector, context.selectedAs({ ...peer, podSelector: {} })) ??
        compareIn(name === undefined || more.length > 0 ? '--all-namespaces' : `-n ${name}`));
  return [
    aboutPolicy(policy, 'PeerSelectsNothing', {
      path: `${path}.podSelector`,
      message: `no pod of ${where} has the labels ${formatSelector(podSelector)}`,
      hint: elsewhere,
    }),
  ];
}

function missingNamespace(
  selector: LabelSelector,
  known: readonly string[],
): { readonly message: string; readonly hint: string } {
  const [name, ...more] = onlyNamesIn(selector);
  if (name !== undefined && more.length === 0) {
    const meant = nearest(name, known);
    const hint =
      meant === undefined ? 'compare it with `kubectl get namespaces`' : `did you mean \`${meant}\`?`;
    return { message: `there is no namespace \`${name}\``, hint };
  }
  return {
    message: `no namespace has the labels ${formatSelector(selector)}`,
    hint: `compare them with \`kubectl get namespaces --show-labels\`; to select a namespace by name, use the label \`${nameLabel}\``,
  };
}
