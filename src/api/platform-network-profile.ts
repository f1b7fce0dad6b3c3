// The custom resource PlatformNetworkProfile: the settings of the platform engineers for the whole cluster.
// Must not know what is generated from it.
import * as z from 'zod';
import { mapBy, setOf } from '../routes/schema/collections.ts';
import { constrain, constrainChange } from '../routes/schema/constraint.ts';
import { type DeepReadonly, fields } from '../routes/schema/fields.ts';
import { labelSelector } from '../routes/schema/label-selector.ts';
import {
  dnsLabel,
  labelKeyLength,
  labelKeySyntax,
  nameGlob,
  text,
  written,
} from '../routes/schema/text-schema.ts';
import { egressMeaning, egressMode, enforcement, enforcementMeaning } from './egress.ts';
import { metadata } from './metadata.ts';
import { namespaceChoice } from './namespace-choice.ts';
import { namespaceRule } from './namespace-rule.ts';
import { cluster, dns, ingressController, kubernetesAPI, monitoring } from './platform-sources.ts';
import { platformNetworkProfileStatus } from './platform-status.ts';

/** The only name that a PlatformNetworkProfile can have. */
export const platformProfileName = 'default';

/** The label that `app` selects by default. */
const defaultAppLabel = 'app.kubernetes.io/name';

const namespaces = fields({
  selector: labelSelector()
    .describe(
      'Labels of the application namespaces; `{}`, the default, selects every namespace that is not excluded.',
    )
    .prefault({}),
  exclude: setOf(nameGlob(), { max: 100 })
    .describe(
      "Names of namespaces to exclude, in which `*` matches any characters. kube-system, kube-public, kube-node-lease and the operator's own namespace are always excluded.",
    )
    .default([]),
})
  .describe('The application namespaces: those that get a ring.')
  .prefault({});

const appLabel = constrainChange(written(text(labelKeyLength), labelKeySyntax), {
  rule: 'self == oldSelf',
  message:
    'must not change, because every route with `app` would select other pods; to change it, delete the profile, which removes every ring, and create it again',
})
  .describe("The label whose value the end `app` names. It can't be changed later.")
  .default(defaultAppLabel);

/** The spec of a PlatformNetworkProfile. */
export const platformNetworkProfileSpec = fields({
  enforcement: enforcement.describe(
    `Whether policies are written. There is no default: you have to decide to fence a cluster. ${enforcementMeaning}`,
  ),
  egress: egressMode
    .describe(
      `The least strict egress mode of application namespaces; teams can only tighten it. ${egressMeaning}`,
    )
    .default('Unrestricted'),
  namespaces,
  systemNamespaces: setOf(dnsLabel(), { max: 64 })
    .describe(
      'System namespaces in which profiles count, by their exact names: the only way to fence kube-system and similar namespaces. Such a namespace is fenced once it contains an accepted profile, not before, and its routes may open the egress of the namespaces that they let in.',
    )
    .default([]),
  rules: mapBy('name', namespaceRule, { max: 100 })
    .describe(
      'Settings for some namespaces, in order; for each namespace, the first rule that matches counts.',
    )
    .default([]),
  appLabel,
  ingressControllers: mapBy('name', ingressController, { max: 16 })
    .describe('The ingress controllers of the cluster.')
    .default([]),
  gatewayNamespaces: namespaceChoice()
    .describe(
      'The namespaces whose Gateways count as ingress controllers, if an ingress controller runs its pods beside each Gateway (preset `gateway-api` without `namespace`). With both `names` and `selector`, both must match. If unset: every namespace that is not an application namespace. Anyone who may create Gateways and pods in such a namespace is let in wherever ingress controllers are.',
    )
    .exactOptional(),
  ingressRoutes: z
    .enum(['Auto', 'None'])
    .describe(
      "`Auto`: the ingress controllers reach exactly the pods and ports that the namespace's Ingresses and routes of the Gateway API (HTTPRoute, GRPCRoute, TLSRoute, TCPRoute, UDPRoute) expose. `None`: only routes with `ingressController` let them in.",
    )
    .default('Auto'),
  monitoring: mapBy('name', monitoring, { max: 16 })
    .describe('The monitoring systems of the cluster.')
    .default([]),
  mirrorFrom: fields({
    selector: labelSelector().describe('Labels of the namespaces; `{}` means every namespace.'),
  })
    .describe(
      'Namespaces whose ingress routes may open the egress of Restricted namespaces that they do not name by `name`, as far as the guardrails there allow it. If unset: none. Anyone who may write profiles in these namespaces can open the egress of others.',
    )
    .exactOptional(),
  dns: dns.exactOptional(),
  kubernetesAPI: kubernetesAPI.exactOptional(),
  cluster: cluster.exactOptional(),
}).describe('The settings for the whole cluster.');

/** A PlatformNetworkProfile as it is read from a file or from the API server. */
export const platformNetworkProfile = constrain(
  fields({
    apiVersion: z.literal('ringfence.dev/v1alpha1'),
    kind: z.literal('PlatformNetworkProfile'),
    metadata,
    spec: platformNetworkProfileSpec,
    status: platformNetworkProfileStatus.exactOptional(),
  }),
  {
    rule: `self.metadata.name == '${platformProfileName}'`,
    message: `metadata.name must be \`${platformProfileName}\`: a cluster has one PlatformNetworkProfile`,
    holds: (profile) => profile.metadata.name === platformProfileName,
    explain: (profile) => `\`${profile.metadata.name}\` is not`,
    path: ['metadata', 'name'],
  },
).describe(
  'The decisions of the platform engineers for the whole cluster: which namespaces get a ring, how strict egress is, and which shared systems are let in. There is one, named `default`.',
);

/** The spec of a PlatformNetworkProfile, with its defaults filled in. */
export type PlatformNetworkProfileSpec = DeepReadonly<z.output<typeof platformNetworkProfileSpec>>;

/** The settings of the platform engineers for the whole cluster. */
export type PlatformNetworkProfile = DeepReadonly<z.output<typeof platformNetworkProfile>>;
