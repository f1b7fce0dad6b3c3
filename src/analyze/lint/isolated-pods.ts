// Isolation that is missing, unintended or without effect: which pods are open, and which policies only seem to isolate them.
import { aboutNamespace, aboutPolicy, type Finding, type FindingCode } from '../../model/findings.ts';
import { type Direction, directions } from '../../model/network-policy.ts';
import { listWorkloads } from './check.ts';
import type { LintContext } from './lint-context.ts';

const openCodes: Readonly<Record<Direction, FindingCode>> = {
  Ingress: 'IngressNotIsolated',
  Egress: 'EgressNotIsolated',
};

/** Finds namespaces with pods that no policy isolates. */
export function namespaceIsOpen(context: LintContext): readonly Finding[] {
  return context.namespaces.flatMap((namespace) => {
    const pods = context.podsIn(namespace).filter(({ hostNetwork }) => !hostNetwork);
    return directions.flatMap((direction): readonly Finding[] => {
      const open = pods.filter((pod) => context.rulesFor(pod, direction) === undefined);
      if (open.length === 0) return [];

      const what = direction === 'Ingress' ? 'everyone reaches them' : 'they reach everything';
      const who = open.length === pods.length ? 'every pod' : `the pods of ${listWorkloads(open)}`;
      return [
        aboutNamespace(namespace, openCodes[direction], {
          message: `no policy isolates ${who} for ${direction}: ${what}, unless the other side denies it`,
          hint: `deny by default: a policy with \`podSelector: {}\`, \`policyTypes: [${direction}]\` and no rule`,
        }),
      ];
    });
  });
}

/** Finds policies that should limit only egress and deny all ingress because of the default of `policyTypes`. */
export function isolatesByAccident(context: LintContext): readonly Finding[] {
  return context.policies
    .filter(({ spec: { policyTypes = [], ingress, egress = [] } }) => {
      return policyTypes.length === 0 && ingress === undefined && egress.length > 0;
    })
    .map((policy) =>
      aboutPolicy(policy, 'IsolatesByAccident', {
        path: 'spec.policyTypes',
        message:
          'without `policyTypes` it also denies all ingress to its pods, although it has only egress rules',
        hint: 'write `policyTypes: [Egress]`, or `[Ingress, Egress]` if you mean both',
      }),
    );
}

/** Finds policies that select pods to which no policy applies. A selector of all pods may mean only the others. */
export function hostNetworkIsNotReached(context: LintContext): readonly Finding[] {
  return context.policies.flatMap((policy) => {
    const selected = context.selectedBy(policy);
    const onNodes = selected.filter(({ hostNetwork }) => hostNetwork);
    if (onNodes.length === 0) return [];

    const isAll = onNodes.length === selected.length;
    return [
      aboutPolicy(policy, isAll ? 'HostNetworkSelected' : 'HostNetworkAmongSelected', {
        path: 'spec.podSelector',
        message: `the pods of ${listWorkloads(onNodes)} are in the host network: no policy applies to them`,
        hint: 'remove `hostNetwork`, or protect the node',
      }),
    ];
  });
}
