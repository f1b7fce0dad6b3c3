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

const namespaceName = fc.constantFrom('a', 'b', 'c');
const key = fc.constantFrom('app', 'tier');
const value = fc.constantFrom('x', 'y');
const labels = fc.dictionary(key, value, { maxKeys: 2 });

const requirement: fc.Arbitrary<SelectorRequirement> = fc.oneof(
  fc.record({
    key,
    operator: fc.constantFrom('In', 'NotIn'),
    values: fc.subarray(['x', 'y'], { minLength: 1 }),
  }),
  fc.record({ key, operator: fc.constantFrom('Exists', 'DoesNotExist') }),
);
const selector: fc.Arbitrary<LabelSelector> = fc.oneof(
  fc.constant({}),
  labels.map((matchLabels) => ({ matchLabels })),
  fc.array(requirement, { minLength: 1, maxLength: 2 }).map((matchExpressions) => ({ matchExpressions })),
);
const named = namespaceName.map((name) => ({ matchLabels: { 'kubernetes.io/metadata.name': name } }));

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

const rulePort: fc.Arbitrary<RulePort> = fc.oneof(
  fc.record(
    { protocol: fc.constantFrom(...protocols), port: fc.constantFrom('http', 'dns', 80, 81, 443) },
    { requiredKeys: [] },
  ),
  fc.record({ port: fc.constant(80), endPort: fc.constantFrom(80, 81, 65535) }),
);
const block = fc.oneof(
  fc
    .constantFrom('10.0.0.0/8', '0.0.0.0/0', '10.0.0.0/30', '10.0.0.2/31', '128.0.0.0/1', '0.0.0.0/1')
    .map((cidr) => ({ cidr })),
  fc.constantFrom('::/0', 'fd00::/8', 'fd00::2/127').map((cidr) => ({ cidr })),
  fc.constantFrom(
    { cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] },
    { cidr: '0.0.0.0/0', except: ['10.0.0.2/31', '10.0.0.0/8'] },
    { cidr: '0.0.0.0/0', except: ['0.0.0.0/1', '128.0.0.0/1'] },
    { cidr: '10.0.0.1/8', except: ['10.0.0.2/31', '10.0.0.4/32'] },
    { cidr: '::/0', except: ['fd00::/8'] },
  ),
);
const peer: fc.Arbitrary<PolicyPeer> = fc.oneof(
  fc.record({ podSelector: selector }),
  fc.record(
    { namespaceSelector: fc.oneof(selector, named), podSelector: selector },
    { requiredKeys: ['namespaceSelector'] },
  ),
  fc.record({ ipBlock: block }),
);
const rules = (side: 'from' | 'to'): fc.Arbitrary<readonly PolicyRule[]> =>
  fc.array(
    fc.record(
      { [side]: fc.array(peer, { maxLength: 2 }), ports: fc.array(rulePort, { maxLength: 2 }) },
      { requiredKeys: [] },
    ),
    { maxLength: 2 },
  );

/** One policy. */
export const policy: fc.Arbitrary<PolicyFacts> = fc.record({
  namespace: namespaceName,
  name: fc.stringMatching(/^[a-z]{4}$/),
  spec: fc.record(
    {
      podSelector: selector,
      policyTypes: fc.subarray(['Ingress', 'Egress'] as const),
      ingress: rules('from'),
      egress: rules('to'),
    },
    { requiredKeys: ['podSelector'] },
  ),
});

const keyOf = ({ namespace, name }: { readonly namespace: string; readonly name: string }) =>
  `${namespace}/${name}`;

/** A cluster of up to six workloads and as many policies. */
export const analysisInput: fc.Arbitrary<AnalysisInput> = fc.record({
  namespaces: fc.uniqueArray(fc.record({ name: namespaceName, labels }), { selector: ({ name }) => name }),
  workloads: fc.uniqueArray(workload, { maxLength: 6, selector: (each) => `${each.kind} ${keyOf(each)}` }),
  services: fc.constant([]),
  policies: fc.uniqueArray(policy, { maxLength: 6, selector: keyOf }),
});
