// The known faults of the enforcers that the tests run, each as what is enforced instead: policies that mean the same under a correct
// enforcer. A difference is excused by the name of a fault only if the fault predicts just what was seen. Pure.
import type { AnalysisInput, PodFacts, PolicyFacts, PolicyRule } from '../../../src/analyze/facts.ts';
import { RuleReader } from '../../../src/analyze/rule-reader.ts';
import { isBlock, isolationOf, type ParsedRule } from '../../../src/analyze/rules.ts';
import { isIn, selectsPods } from '../../../src/analyze/sides.ts';
import { contains, parseAddress, parseCidr } from '../../../src/model/ip-ranges.ts';
import { type Direction, directions } from '../../../src/model/network-policy.ts';
import type { ObjectKey } from '../../../src/model/object-key.ts';
import { valuesIn } from '../../../src/model/result.ts';
import { type LabelSelector, nameLabel, selects } from '../../../src/model/selectors.ts';
import type { WorkingEnforcer } from '../enforcers.ts';

/** A known fault. */
export interface EnforcerFault {
  readonly name: string;
  readonly enforcer: WorkingEnforcer;
  /** Those that were tried. */
  readonly versions: string;
  readonly what: string;
  /** Where it is in the source of the enforcer, or where it was measured. */
  readonly proof: string;
  /** The policies that the enforcer enforces instead. */
  readonly enforced: (facts: AnalysisInput) => AnalysisInput;
}

const kubeRouter = {
  enforcer: 'kube-router',
  versions: '2.1.0',
} as const;
const policyGo =
  'https://github.com/cloudnativelabs/kube-router/blob/v2.1.0/pkg/controllers/netpol/policy.go';

/**
 * Every known fault, in the order in which they build on each other. Each has a proof, which fails once the fault is gone: then it leaves the
 * table. None is known of kube-network-policies 1.1.0: what it loses or lets pass while its queue is full is not in its policies.
 */
export const enforcerFaults: readonly EnforcerFault[] = [
  {
    ...kubeRouter,
    name: 'names-of-no-pod',
    what: 'a rule that has only port names, none of which a pod has, opens every port to the pods that it selects',
    proof: `${policyGo}, processIngressRules and processEgressRules: \`len(ports) == 0 && len(namedPorts) == 0\``,
    enforced: (facts) =>
      withRules(facts, (rule, policy, direction) => openNames(facts, rule, policy, direction)),
  },
  {
    ...kubeRouter,
    name: 'names-at-blocks',
    what: 'in an egress rule, port names do not count for an ipBlock, even if it matches pods that have them',
    proof: `${policyGo}, processEgressRules: \`dstIPBlocks\` are joined with \`egressRule.ports\` alone`,
    enforced: (facts) => withRules(facts, namelessBlocks),
  },
  {
    ...kubeRouter,
    name: 'names-without-peers',
    what: "in an egress rule without `to`, a port name means the numbers that pods of the policy's own namespace give it, everywhere",
    proof: `${policyGo}, buildNetworkPoliciesInfo: "we must try to grab NamedPort from pods that in same namespace"`,
    enforced: (facts) =>
      withRules(facts, (rule, policy, direction) => numbered(facts, rule, policy, direction)),
  },
  {
    ...kubeRouter,
    name: 'shared-exceptions',
    what: 'the `except` of one ipBlock of a rule also holds for the wider ipBlocks beside it, which share a set with it',
    proof: `${policyGo}, buildNetworkPoliciesInfo: the blocks of all peers are appended to one \`srcIPBlocks\``,
    enforced: (facts) => withRules(facts, sharedExceptions),
  },
  {
    ...kubeRouter,
    name: 'mixed-directions',
    what: 'what one direction of a policy allows between two pods that it selects counts as allowed in the other, too',
    proof:
      'https://github.com/cloudnativelabs/kube-router/blob/v2.1.0/pkg/controllers/netpol/pod.go, setupPodNetpolRules: `kubeBothPolicyType` has no `-s` and no `-d`',
    enforced: mixedDirections,
  },
];

/** The rules of a policy in a direction, rewritten. */
type Rewrite = (rule: PolicyRule, policy: PolicyFacts, direction: Direction) => readonly PolicyRule[];

function withRules(facts: AnalysisInput, rewrite: Rewrite): AnalysisInput {
  const rewritten = ({ ingress, egress, ...rest }: PolicyFacts['spec'], policy: PolicyFacts) => ({
    ...rest,
    // The defaults of `policyTypes` must not follow from what is rewritten.
    policyTypes: isolationOf(policy.spec),
    ...(ingress === undefined
      ? {}
      : { ingress: ingress.flatMap((rule) => rewrite(rule, policy, 'Ingress')) }),
    ...(egress === undefined ? {} : { egress: egress.flatMap((rule) => rewrite(rule, policy, 'Egress')) }),
  });
  return {
    ...facts,
    policies: facts.policies.map((policy) => ({ ...policy, spec: rewritten(policy.spec, policy) })),
  };
}

const memberOf = { Ingress: 'from', Egress: 'to' } as const;

/** The same rule with other peers; none if there are no peers, because a rule without peers is for everyone. */
function withPeers(
  rule: PolicyRule,
  direction: Direction,
  peers: NonNullable<PolicyRule['from']>,
): readonly PolicyRule[] {
  return peers.length === 0 ? [] : [{ ...rule, [memberOf[direction]]: peers }];
}

function peersOf(rule: PolicyRule, direction: Direction) {
  const peers = rule[memberOf[direction]] ?? [];
  return {
    blocks: peers.filter(({ ipBlock }) => ipBlock !== undefined),
    selectors: peers.filter(({ ipBlock }) => ipBlock === undefined),
  };
}

const isName = ({ port }: { readonly port?: number | string }) => typeof port === 'string';

function openNames(
  facts: AnalysisInput,
  rule: PolicyRule,
  policy: PolicyFacts,
  direction: Direction,
): readonly PolicyRule[] {
  const { ports = [] } = rule;
  const { blocks, selectors } = peersOf(rule, direction);
  if (ports.length === 0 || !ports.every(isName) || selectors.length === 0) return [rule];
  const named =
    direction === 'Ingress'
      ? selectedBy(facts, policy)
      : podsOf(facts).filter((pod) =>
          letsThrough(facts, policy, { [memberOf.Egress]: selectors }, direction, pod),
        );
  if (named.some((pod) => ports.some((port) => hasName(pod, port)))) return [rule];
  const { ports: _, ...open } = rule;
  return [...withPeers(open, direction, selectors), ...withPeers(rule, direction, blocks)];
}

function namelessBlocks(rule: PolicyRule, _: PolicyFacts, direction: Direction): readonly PolicyRule[] {
  const { ports = [] } = rule;
  const { blocks, selectors } = peersOf(rule, direction);
  if (direction === 'Ingress' || blocks.length === 0 || !ports.some(isName)) return [rule];
  const numbers = ports.filter((port) => !isName(port));
  return [
    ...withPeers(rule, direction, selectors),
    ...(numbers.length === 0 ? [] : withPeers({ ...rule, ports: numbers }, direction, blocks)),
  ];
}

function numbered(
  facts: AnalysisInput,
  rule: PolicyRule,
  { namespace }: PolicyFacts,
  direction: Direction,
): readonly PolicyRule[] {
  const { ports = [], to = [] } = rule;
  if (direction === 'Ingress' || to.length > 0 || !ports.some(isName)) return [rule];
  const here = podsOf(facts).filter((pod) => pod.namespace === namespace);
  const numbers = ports.flatMap((port) =>
    isName(port)
      ? here.flatMap((pod) =>
          pod.ports
            .filter((own) => isNamed(own, port))
            .map(({ protocol, number }) => ({ protocol, port: number })),
        )
      : [port],
  );
  return numbers.length === 0 ? [] : [{ ...rule, ports: numbers }];
}

function sharedExceptions(rule: PolicyRule, _: PolicyFacts, direction: Direction): readonly PolicyRule[] {
  const { blocks, selectors } = peersOf(rule, direction);
  const holes = blocks.flatMap(({ ipBlock }) => ipBlock?.except ?? []);
  if (blocks.length < 2 || holes.length === 0) return [rule];
  const shared = blocks.map(({ ipBlock }) => {
    const cidr = ipBlock?.cidr ?? '';
    const except = [...new Set(holes)].filter((hole) => isStrictlyWithin(hole, cidr));
    return { ipBlock: { cidr, ...(except.length === 0 ? {} : { except }) } };
  });
  return withPeers(rule, direction, [...selectors, ...shared]);
}

function isStrictlyWithin(inner: string, outer: string): boolean {
  const [within, around] = valuesIn([parseCidr(inner), parseCidr(outer)]);
  return (
    within !== undefined && around !== undefined && within.prefix > around.prefix && contains(around, within)
  );
}

function mixedDirections(facts: AnalysisInput): AnalysisInput {
  const named = withPodLabels(facts);
  const extra = named.policies
    .filter(({ spec }) => isolationOf(spec).length === directions.length)
    .flatMap((policy) => directions.flatMap((direction) => otherSides(named, policy, direction)));
  return { ...named, policies: [...named.policies, ...extra] };
}

/** What the rules of one direction of a policy open in the other, as policies. */
function otherSides(facts: AnalysisInput, policy: PolicyFacts, direction: Direction): readonly PolicyFacts[] {
  const own = selectedBy(facts, policy);
  const other = direction === 'Ingress' ? 'Egress' : 'Ingress';
  const rules = (direction === 'Ingress' ? policy.spec.ingress : policy.spec.egress) ?? [];
  return rules.flatMap((rule, index) => {
    const matched = own.filter((pod) => letsThrough(facts, policy, rule, direction, pod));
    if (matched.length === 0) return [];
    const opened = { [memberOf[other]]: [{ podSelector: justThese(own) }], ...portsIn(rule) };
    return [
      {
        namespace: policy.namespace,
        name: `${policy.name}-${other.toLowerCase()}-${index}`,
        spec: {
          podSelector: justThese(matched),
          policyTypes: [other],
          [other === 'Ingress' ? 'ingress' : 'egress']: [opened],
        },
      },
    ];
  });
}

const portsIn = ({ ports }: PolicyRule) => (ports === undefined ? {} : { ports });

/** A pod with its place. */
type PlacedPod = PodFacts & ObjectKey;

/** The label that every pod has in rewritten facts. */
const podLabel = 'ringfence.test/pod';

/** The same facts, in which each pod can be selected by its name. */
function withPodLabels(facts: AnalysisInput): AnalysisInput {
  return {
    ...facts,
    workloads: facts.workloads.map((workload) => ({
      ...workload,
      pods: workload.pods.map((pod) => ({ ...pod, labels: { ...pod.labels, [podLabel]: pod.name ?? '' } })),
    })),
  };
}

function justThese(pods: readonly ObjectKey[]): LabelSelector {
  return { matchExpressions: [{ key: podLabel, operator: 'In', values: pods.map(({ name }) => name) }] };
}

/** Every known pod that policies can select. */
function podsOf(facts: AnalysisInput): readonly PlacedPod[] {
  return facts.workloads.flatMap(({ namespace, pods }) =>
    pods.flatMap((pod) =>
      pod.name === undefined || pod.hostNetwork ? [] : [{ ...pod, namespace, name: pod.name }],
    ),
  );
}

function selectedBy(facts: AnalysisInput, policy: PolicyFacts): readonly PlacedPod[] {
  return podsOf(facts).filter((pod) => isSelected(pod, policy));
}

function isSelected(pod: PlacedPod, { namespace, spec }: PolicyFacts): boolean {
  return pod.namespace === namespace && selects(spec.podSelector, pod.labels);
}

/** Whether a rule lets a pod through, on whatever port. */
function letsThrough(
  facts: AnalysisInput,
  policy: PolicyFacts,
  rule: PolicyRule,
  direction: Direction,
  pod: PlacedPod,
): boolean {
  const side = direction === 'Ingress' ? 'ingress' : 'egress';
  const alone = { ...policy, spec: { ...policy.spec, policyTypes: [direction], [side]: [rule] } };
  return new RuleReader().rulesOf(alone, direction).some(({ peers }) => isPeer(facts, peers, pod));
}

function isPeer(facts: AnalysisInput, peers: ParsedRule['peers'], pod: PlacedPod): boolean {
  if (peers === undefined) return true;
  const labelsOf = (name: string) => ({
    ...facts.namespaces.find((each) => each.name === name)?.labels,
    [nameLabel]: name,
  });
  return peers.some((peer) =>
    isBlock(peer)
      ? valuesIn(pod.addresses.map(parseAddress)).some((address) => isIn(peer, address))
      : selectsPods(peer, pod.namespace, pod, labelsOf),
  );
}

function hasName(pod: PodFacts, port: NonNullable<PolicyRule['ports']>[number]): boolean {
  return pod.ports.some((own) => isNamed(own, port));
}

function isNamed(
  { name, protocol }: PodFacts['ports'][number],
  port: NonNullable<PolicyRule['ports']>[number],
): boolean {
  return name === port.port && protocol === (port.protocol ?? 'TCP');
}
