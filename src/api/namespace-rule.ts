// Settings for some namespaces, and the guardrails on what their teams may declare.
// Must not know how a compiled rule is judged.
import * as z from 'zod';
import { type RouteEndName, routeEnds } from '../routes/index.ts';
import { cidrText } from '../routes/schema/addresses.ts';
import { setOf } from '../routes/schema/collections.ts';
import { type DeepReadonly, fields } from '../routes/schema/fields.ts';
import { dnsLabel } from '../routes/schema/text-schema.ts';
import { egressMeaning, egressMode, enforcement, enforcementMeaning } from './egress.ts';
import { namespaceChoice } from './namespace-choice.ts';

const endNames = routeEnds.map((end) => end.name) as [RouteEndName, ...RouteEndName[]];

const guardrails = fields({
  ends: setOf(z.enum(endNames), { min: 1, max: routeEnds.length }).describe(
    'The ends that routes may use. A route is judged by what its rule reaches, not by its keyword: ranges that together cover more than half of the public addresses count as `anywhere`, even in several routes; a range that contains nodes, pods or the API server reaches them, and `kubernetesAPI` is the API server only on its own ports; an IPv6 range reaches the IPv4 addresses that it embeds; a selector that requires no label of a namespace counts as `cluster`. List the ends in the own namespace too.',
  ),
  cidrs: setOf(cidrText(), { max: 64 })
    .describe('Ranges that may contain a `cidr` although `cidr` is not among `ends`.')
    .exactOptional(),
}).describe(
  'Guardrails: routes that reach further are Rejected, and mirrors of routes of other namespaces open no egress that reaches further. They bind only where teams cannot write NetworkPolicies themselves, because policies add up. If unset: no limit.',
);

/** Settings for some namespaces. */
export const namespaceRule = fields({
  name: dnsLabel().describe('Names the rule in findings and for merging.'),
  namespaces: namespaceChoice().describe(
    'The namespaces that this rule applies to. With both `names` and `selector`, both must match.',
  ),
  enforcement: enforcement
    .describe(
      `Whether policies are written in these namespaces. If unset: as \`spec.enforcement\`. ${enforcementMeaning}`,
    )
    .exactOptional(),
  egress: egressMode
    .describe(
      `The least strict egress mode of these namespaces. If unset: as \`spec.egress\`. ${egressMeaning}`,
    )
    .exactOptional(),
  allow: guardrails.exactOptional(),
}).describe(
  'Settings for some namespaces. Only the first rule that matches a namespace counts, as a whole; a rule without settings exempts its namespaces from later rules.',
);

/** Settings for some namespaces. */
export type NamespaceRule = DeepReadonly<z.output<typeof namespaceRule>>;
