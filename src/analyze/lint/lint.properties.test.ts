// What the linter calls superfluous is superfluous, by the analysis: without it, who reaches whom stays as it is.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { runs } from '../../../test/property-runs.ts';
import { analysisInput } from '../../../test/random-policies.ts';
import type { Finding, FindingCode } from '../../model/findings.ts';
import { formatPortSet } from '../../model/port-set.ts';
import { analyze } from '../analysis.ts';
import { predicatesOf } from '../classes/atomic-predicates.ts';
import { formatEndpoint } from '../endpoints.ts';
import type { AnalysisInput, PolicyFacts } from '../facts.ts';
import { lint } from './lint.ts';

/** Both with the same predicates: the classes of pods must not depend on which policies are compared. */
function connectionsOf(input: AnalysisInput, predicates = predicatesOf(input.policies)): readonly string[] {
  return [...analyze(input, predicates).connections()].map(
    ({ from, to, ports }) => `${formatEndpoint(from)} -> ${formatEndpoint(to)}: ${formatPortSet(ports)}`,
  );
}

const isOf = ({ subject }: Finding, { namespace, name }: PolicyFacts) =>
  subject.kind === 'NetworkPolicy' && subject.namespace === namespace && subject.name === name;

function found(input: AnalysisInput, code: FindingCode): readonly Finding[] {
  return lint(input).filter((finding) => finding.code === code);
}

test('without all redundant policies, everything is allowed that was, and nothing else', () => {
  fc.assert(
    fc.property(analysisInput, (input) => {
      const redundant = found(input, 'PolicyRedundant');
      const policies = input.policies.filter((policy) => !redundant.some((finding) => isOf(finding, policy)));
      const predicates = predicatesOf(input.policies);
      expect(connectionsOf({ ...input, policies }, predicates)).toEqual(connectionsOf(input, predicates));
    }),
    runs(100),
  );
});

test('without a redundant rule, or a peer without success, the same is allowed', () => {
  fc.assert(
    fc.property(analysisInput, (input) => {
      const predicates = predicatesOf(input.policies);
      const before = connectionsOf(input, predicates);
      for (const finding of [...found(input, 'RuleRedundant'), ...found(input, 'OtherSideDenies')]) {
        const policies = input.policies.map((policy) =>
          isOf(finding, policy) ? without(policy, finding.path ?? '') : policy,
        );
        expect(connectionsOf({ ...input, policies }, predicates)).toEqual(before);
      }
    }),
    runs(100),
  );
});

test('the order of the input changes nothing', () => {
  fc.assert(
    fc.property(analysisInput, (input) => {
      const turned = {
        ...input,
        policies: input.policies.toReversed(),
        workloads: input.workloads.toReversed(),
        namespaces: input.namespaces.toReversed(),
      };
      expect(lint(turned)).toEqual(lint(input));
    }),
    runs(100),
  );
});

/** Without a rule, or without one of its peers; a rule whose last peer goes, goes: without peers it would allow everyone. */
function without(policy: PolicyFacts, path: string): PolicyFacts {
  const [, section, index, , place] = /^spec\.(\w+)\[(\d+)\](\.\w+\[(\d+)\])?$/.exec(path) ?? [];
  const direction = section === 'ingress' ? 'ingress' : 'egress';
  const member = section === 'ingress' ? 'from' : 'to';
  const rules = (policy.spec[direction] ?? []).flatMap((rule, number) => {
    if (number !== Number(index)) return [rule];
    const peers = (rule[member] ?? []).filter((_, each) => each !== Number(place));
    return place === undefined || peers.length === 0 ? [] : [{ ...rule, [member]: peers }];
  });
  // Where policyTypes is left out, egress rules say that egress is isolated.
  const { policyTypes = [], egress = [] } = policy.spec;
  const types =
    policyTypes.length > 0
      ? policyTypes
      : (['Ingress', ...(egress.length > 0 ? ['Egress' as const] : [])] as const);
  return { ...policy, spec: { ...policy.spec, policyTypes: types, [direction]: rules } };
}
