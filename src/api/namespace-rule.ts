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
    'The ends that routes may use. What counts is what a rule reaches, not the word: ranges that come to more than half of the public addresses together are `anywhere`, whatever routes name them; a range that nodes, pods or the API server lie in reaches these, and `kubernetesAPI` is the API server on its own ports; an IPv6 range reaches the IPv4 addresses that it embeds; a selector that no namespace needs a label for is `cluster`. The ends in the own namespace have to be listed too.',
  ),
  cidrs: setOf(cidrText(), { max: 64 })
    .describe('Ranges that a `cidr` may lie in although `cidr` is not among `ends`.')
    .exactOptional(),
}).describe(
  'Guardrails: routes that reach further are Rejected, and routes of other namespaces open no way out of these namespaces that goes further. They bind only where teams cannot write NetworkPolicies themselves, because policies add up. Left out: no limit.',
);

/** Settings for some namespaces. */
export const namespaceRule = fields({
  name: dnsLabel().describe('Names the rule in findings and for merging.'),
  namespaces: namespaceChoice().describe(
    'The namespaces that this rule is for. With both `names` and `selector`, both must match.',
  ),
  enforcement: enforcement
    .describe(
      `How far Ringfence goes in these namespaces. Left out: as \`spec.enforcement\`. ${enforcementMeaning}`,
    )
    .exactOptional(),
  egress: egressMode
    .describe(
      `How strict the egress of these namespaces is at least. Left out: as \`spec.egress\`. ${egressMeaning}`,
    )
    .exactOptional(),
  allow: guardrails.exactOptional(),
}).describe(
  'Settings for some namespaces. Of the rules that match a namespace only the first one counts, as a whole; a rule without settings is an exemption from those after it.',
);

/** Settings for some namespaces. */
export type NamespaceRule = DeepReadonly<z.output<typeof namespaceRule>>;
