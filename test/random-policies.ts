// Small clusters with NetworkPolicies of every shape, in which labels, ports and addresses often meet.
// Must not know what holds for them.
import fc from 'fast-check';
import type {
  AnalysisInput,
  PodFacts,
  PolicyFacts,
  PolicyPeer,
  PolicyRule,
  WorkloadFacts,
} from '../src/analyze/facts.ts';
import type { ContainerPort, RulePort } from '../src/analyze/rule-ports.ts';
import { protocols } from '../src/model/ports.ts';
import type { LabelSelector, SelectorRequirement } from '../src/model/selectors.ts';

/** The words that policies are made of. */
export interface PolicyWords {
  readonly namespaces: readonly string[];
  /** The keys of labels of pods and namespaces, with their values. */
  readonly labels: Readonly<Record<string, readonly string[]>>;
  readonly portNames: readonly string[];
  readonly portNumbers: readonly number[];
  /** Beginnings of ranges of ports, with their ends. */
  readonly portRanges: readonly (readonly [number, readonly number[]])[];
  readonly blocks: readonly NonNullable<PolicyPeer['ipBlock']>[];
}

/** Few of each, so that they often meet. */
const words: PolicyWords = {
  namespaces: ['a', 'b', 'c'],
  labels: { app: ['x', 'y'], tier: ['x', 'y'] },
  portNames: ['http', 'dns'],
  portNumbers: [80, 81, 443],
  portRanges: [[80, [80, 81, 65535]]],
  blocks: [
    ...['10.0.0.0/8', '0.0.0.0/0', '10.0.0.0/30', '10.0.0.2/31', '128.0.0.0/1', '0.0.0.0/1'],
    ...['::/0', 'fd00::/8', 'fd00::2/127'],
  ]
    .map((cidr): NonNullable<PolicyPeer['ipBlock']> => ({ cidr }))
    .concat(
      { cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] },
      { cidr: '0.0.0.0/0', except: ['10.0.0.2/31', '10.0.0.0/8'] },
      { cidr: '0.0.0.0/0', except: ['0.0.0.0/1', '128.0.0.0/1'] },
      { cidr: '10.0.0.1/8', except: ['10.0.0.2/31', '10.0.0.4/32'] },
      { cidr: '::/0', except: ['fd00::/8'] },
    ),
};

const namespaceName = fc.constantFrom(...words.namespaces);
const labels = labelsOf(words);

const containerPort: fc.Arbitrary<ContainerPort> = fc.record(
  {
    name: fc.constantFrom('http', 'dns'),
    protocol: fc.constantFrom(...protocols),
    number: fc.constantFrom(53, 80, 81),
  },
  { requiredKeys: ['protocol', 'number'] },
);

/** Addresses of pods, or of nothing: those at the borders of the blocks below. */
export const someAddresses = [
  ...['9.255.255.255', '10.0.0.0', '10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4', '11.0.0.0', '200.0.0.1'],
  ...['fc00::', 'fd00::1', 'fd00::2', 'fd00::4'],
] as const;
const v4 = fc.constantFrom(...someAddresses.filter((address) => !address.includes(':')));
const v6 = fc.constantFrom(...someAddresses.filter((address) => address.includes(':')));
const addresses = fc.oneof(
  fc.constant([]),
  v4.map((one) => [one]),
  v6.map((one) => [one]),
  fc.tuple(v4, v6).map((both) => [...both]),
);

const pod: fc.Arbitrary<PodFacts> = fc.record({
  labels,
  ports: fc.array(containerPort, { maxLength: 2 }),
  addresses,
  hostNetwork: fc.constantFrom(false, false, false, true),
});
const workload: fc.Arbitrary<WorkloadFacts> = fc
  .record({
    namespace: namespaceName,
    name: fc.constantFrom('w1', 'w2', 'w3'),
    kind: fc.constantFrom('Pod', 'Deployment', 'StatefulSet'),
    pods: fc.array(pod, { minLength: 1, maxLength: 3 }),
  })
  .map(({ pods, ...key }) => ({
    ...key,
    pods: (key.kind === 'Pod' ? pods.slice(0, 1) : pods).map((each, index) => ({
      ...each,
      name: key.kind === 'Pod' ? key.name : `${key.name}-${index}`,
    })),
  }));

/** Labels of a pod or a namespace. */
export function labelsOf({ labels: all }: Pick<PolicyWords, 'labels'>): fc.Arbitrary<Record<string, string>> {
  const values = Object.fromEntries(
    Object.entries(all).map(([key, some]) => [key, fc.constantFrom(...some)]),
  );
  return fc.record(values, { requiredKeys: [] }).map((some) => some as Record<string, string>);
}

function selectorOf({ labels: all }: PolicyWords): fc.Arbitrary<LabelSelector> {
  const requirement: fc.Arbitrary<SelectorRequirement> = fc
    .constantFrom(...Object.entries(all))
    .chain(([key, values]) =>
      fc.oneof(
        fc.record({
          key: fc.constant(key),
          operator: fc.constantFrom('In', 'NotIn'),
          values: fc.subarray([...values], { minLength: 1 }),
        }),
        fc.record({ key: fc.constant(key), operator: fc.constantFrom('Exists', 'DoesNotExist') }),
      ),
    );
  return fc.oneof(
    fc.constant({}),
    labelsOf({ labels: all }).map((matchLabels) => ({ matchLabels })),
    fc.array(requirement, { minLength: 1, maxLength: 2 }).map((matchExpressions) => ({ matchExpressions })),
  );
}

function peerOf(given: PolicyWords): fc.Arbitrary<PolicyPeer> {
  const selector = selectorOf(given);
  const named = fc
    .constantFrom(...given.namespaces)
    .map((name) => ({ matchLabels: { 'kubernetes.io/metadata.name': name } }));
  return fc.oneof(
    fc.record({ podSelector: selector }),
    fc.record(
      { namespaceSelector: fc.oneof(selector, named), podSelector: selector },
      { requiredKeys: ['namespaceSelector'] },
    ),
    fc.record({ ipBlock: fc.constantFrom(...given.blocks) }),
  );
}

function rulePortOf({ portNames, portNumbers, portRanges }: PolicyWords): fc.Arbitrary<RulePort> {
  return fc.oneof(
    fc.record(
      { protocol: fc.constantFrom(...protocols), port: fc.constantFrom(...portNames, ...portNumbers) },
      { requiredKeys: [] },
    ),
    fc
      .constantFrom(...portRanges)
      .chain(([port, ends]) => fc.record({ port: fc.constant(port), endPort: fc.constantFrom(...ends) })),
  );
}

/** One policy of such words. */
export function policyOf(given: PolicyWords): fc.Arbitrary<PolicyFacts> {
  const [peer, rulePort] = [peerOf(given), rulePortOf(given)];
  const rules = (side: 'from' | 'to'): fc.Arbitrary<readonly PolicyRule[]> =>
    fc.array(
      fc.record(
        { [side]: fc.array(peer, { maxLength: 2 }), ports: fc.array(rulePort, { maxLength: 2 }) },
        { requiredKeys: [] },
      ),
      { maxLength: 2 },
    );
  return fc.record({
    namespace: fc.constantFrom(...given.namespaces),
    name: fc.stringMatching(/^[a-z]{4}$/),
    spec: fc.record(
      {
        podSelector: selectorOf(given),
        policyTypes: fc.subarray(['Ingress', 'Egress'] as const),
        ingress: rules('from'),
        egress: rules('to'),
      },
      { requiredKeys: ['podSelector'] },
    ),
  });
}

/** One policy. */
export const policy: fc.Arbitrary<PolicyFacts> = policyOf(words);

const keyOf = ({ namespace, name }: { readonly namespace: string; readonly name: string }) =>
  `${namespace}/${name}`;

/** A cluster of up to six workloads and as many policies. */
export const analysisInput: fc.Arbitrary<AnalysisInput> = fc.record({
  namespaces: fc.uniqueArray(fc.record({ name: namespaceName, labels }), { selector: ({ name }) => name }),
  workloads: fc.uniqueArray(workload, { maxLength: 6, selector: (each) => `${each.kind} ${keyOf(each)}` }),
  services: fc.constant([]),
  policies: fc.uniqueArray(policy, { maxLength: 6, selector: keyOf }),
});
