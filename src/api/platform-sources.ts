// The parts of a platform profile that locate shared systems: ingress controllers, monitoring, DNS, the API server.
// Must not know what is allowed for them.
import * as z from 'zod';
import { addressText, cidrText } from '../routes/schema/addresses.ts';
import { listOf, setOf } from '../routes/schema/collections.ts';
import { constrain, listWords, member } from '../routes/schema/constraint.ts';
import { type DeepReadonly, fields } from '../routes/schema/fields.ts';
import { labelSelector } from '../routes/schema/label-selector.ts';
import { dnsLabel, dnsSubdomain } from '../routes/schema/text-schema.ts';
import { portList } from './port.ts';
import { ingressControllerPresets, monitoringPresets, presetMeanings, presetNames } from './presets.ts';

const namespace = () =>
  dnsLabel().describe("The namespace of its pods. If unset: the preset's.").exactOptional();

const pods = () =>
  labelSelector()
    .describe(
      "Its pods in that namespace. If unset: the preset's, or all pods of the namespace if there is no preset.",
    )
    .exactOptional();

const cidrs = (meaning: string) => setOf(cidrText(), { max: 64 }).describe(meaning).exactOptional();

const podsNeedNamespace = {
  rule: `!has(self.pods) || has(${member('namespace')}) || has(self.preset)`,
  message:
    'must have `namespace` or `preset` if it has `pods`: labels alone would let in pods of any namespace',
  holds: (value: { pods?: unknown; namespace?: unknown; preset?: unknown }) =>
    value.pods === undefined || value.namespace !== undefined || value.preset !== undefined,
};

/** One ingress controller. */
export const ingressController = constrain(
  constrain(
    fields({
      name: dnsLabel().describe('The name by which routes refer to it.'),
      preset: z
        .enum(presetNames(ingressControllerPresets))
        .describe(
          `A well-known ingress controller, installed as its project documents it; \`namespace\` and \`pods\` take precedence. ${presetMeanings(ingressControllerPresets)}`,
        )
        .exactOptional(),
      namespace: namespace(),
      pods: pods(),
      hostNetwork: z
        .boolean()
        .describe(
          'Whether its pods run in the host network. No selector selects such pods, so the node addresses are let in too.',
        )
        .default(false),
      cidrs: cidrs(
        'Source addresses of traffic that does not come from pods of the cluster, such as those of a cloud load balancer.',
      ),
      classes: setOf(dnsSubdomain(), { min: 1, max: 16 })
        .describe(
          'The IngressClasses and GatewayClasses that it serves; with several ingress controllers, they decide to which of them a namespace is opened. If unset: all classes.',
        )
        .exactOptional(),
    }),
    podsNeedNamespace,
  ),
  {
    rule: `has(self.preset) || has(${member('namespace')}) || (has(self.cidrs) && size(self.cidrs) > 0) || (has(self.hostNetwork) && self.hostNetwork)`,
    message: 'must have at least one of `preset`, `namespace`, `cidrs` and `hostNetwork: true`',
    holds: ({ preset, namespace, cidrs = [], hostNetwork }) =>
      preset !== undefined || namespace !== undefined || cidrs.length > 0 || hostNetwork,
  },
).describe('One ingress controller.');

/** One monitoring system. */
export const monitoring = constrain(
  fields({
    name: dnsLabel().describe('The name by which routes refer to it.'),
    preset: z
      .enum(presetNames(monitoringPresets))
      .describe(
        `A well-known monitoring system, installed as its project documents it; \`namespace\` and \`pods\` take precedence. ${presetMeanings(monitoringPresets)}`,
      )
      .exactOptional(),
    namespace: namespace(),
    pods: pods(),
    ports: portList().describe(
      'The ports of application pods that it scrapes. In every enforced namespace, it reaches only these ports.',
    ),
  }),
  {
    rule: `has(self.preset) || has(${member('namespace')})`,
    message: 'must have at least one of `preset` and `namespace`',
    holds: ({ preset, namespace }) => preset !== undefined || namespace !== undefined,
  },
).describe('One monitoring system.');

/** An object with at least one field: `{}` overrides nothing, so its author must have meant something else. */
function overrides<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const names = Object.keys(shape);
  return constrain(fields(shape), {
    rule: names.map((name) => `has(${member(name)})`).join(' || '),
    message: `must have at least one of ${listWords(names, 'and')}; leave it out to override nothing`,
    holds: (value) => Object.keys(value).length > 0,
  }).meta({ minProperties: 1 });
}

/** Overrides for the discovery of DNS. */
export const dns = overrides({
  namespace: dnsLabel().describe('The namespace of the DNS pods.').exactOptional(),
  podSelector: labelSelector()
    .describe('The DNS pods in that namespace; `{}` means all of them.')
    .exactOptional(),
  ports: portList()
    .describe(
      'The ports on which the DNS pods listen, like `["53/UDP", "53/TCP"]`: pod ports, not Service ports.',
    )
    .exactOptional(),
  addresses: setOf(addressText(), { min: 1, max: 32 })
    .describe(
      'Addresses that pods query: the ClusterIPs of the DNS Service, and that of a node-local cache, like `169.254.20.10`.',
    )
    .exactOptional(),
}).describe(
  'Overrides the discovered DNS, field by field. Ringfence discovers the pods and addresses of the Service `kube-system/kube-dns` (on RKE2 `kube-system/rke2-coredns-rke2-coredns`, on OpenShift `openshift-dns/dns-default`), and the address of a NodeLocal DNSCache in the ConfigMap `kube-system/node-local-dns`. Needed if these have other names.',
);

/** Overrides for the discovery of the API server. */
export const kubernetesAPI = overrides({
  addresses: setOf(addressText(), { min: 1, max: 32 })
    .describe('Addresses of the API server: its ClusterIP, its endpoints, a load balancer in front of it.')
    .exactOptional(),
  ports: listOf(z.int().min(1).max(65535).describe('A TCP port.'), { min: 1, max: 16 })
    .describe('The TCP ports of the API server at these addresses, like `[443, 6443]`.')
    .exactOptional(),
  controlPlane: fields({
    cidrs: cidrs('Addresses of the control-plane nodes.'),
    namespace: dnsLabel().describe('The namespace of the konnectivity pods.').default('kube-system'),
    pods: labelSelector()
      .describe(
        'The konnectivity pods, through which a managed control plane reaches the cluster, like `{matchLabels: {k8s-app: konnectivity-agent}}`. If unset: there are none.',
      )
      .exactOptional(),
  })
    .describe(
      'The sources from which the control plane calls webhooks and aggregated APIs. In managed clusters they cannot be discovered.',
    )
    .exactOptional(),
}).describe(
  'Overrides the discovered API server, field by field. Ringfence discovers the ClusterIP of the Service `default/kubernetes` and every endpoint of the EndpointSlice `default/kubernetes`, which the API server maintains itself; other slices of that Service do not count. Needed if a hosted control plane maintains no such slice, and for the addresses of a second family.',
);

/** Overrides for the discovery of the address ranges. */
export const cluster = overrides({
  podRanges: cidrs('The ranges of pod addresses.'),
  serviceRanges: cidrs('The ranges of Service addresses (ClusterIPs).'),
  nodeRanges: cidrs(
    'The ranges of node addresses. Needed for the end `nodes` and for guardrails if the nodes have more than 32 separate ranges: an autoscaler must not rewrite every policy.',
  ),
}).describe(
  'Overrides the discovered address ranges, field by field. Set both families together. Ringfence discovers the ranges of the ServiceCIDRs (since Kubernetes 1.33), the addresses of the nodes and their pod ranges.',
);

/** One ingress controller, with its defaults filled in. */
export type IngressController = DeepReadonly<z.output<typeof ingressController>>;

/** One monitoring system. */
export type Monitoring = DeepReadonly<z.output<typeof monitoring>>;
