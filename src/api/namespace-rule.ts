// Settings for some namespaces, and the guardrails on what their teams may declare.
// Must not know how a compiled rule is judged.
import * as z from 'zod';
import { type RouteEndName, routeEnds } from '../routes/index.ts';
import { cidrText } from '../routes/schema/addresses.ts';
import { setOf } from '../routes/schema/collections.ts';
import { constrain } from '../routes/schema/constraint.ts';
import { type DeepReadonly, fields } from '../routes/schema/fields.ts';
import { labelSelector } from '../routes/schema/label-selector.ts';
import { dnsLabel, nameGlob } from '../routes/schema/text.ts';
import { egressMeaning, egressMode, enforcement, enforcementMeaning } from './egress.ts';

const endNames = routeEnds.map((end) => end.name) as [RouteEndName, ...RouteEndName[]];

const guardrails = fields({
  ends: setOf(z.enum(endNames), { min: 1, max: routeEnds.length }).describe(
    'The ends that routes may use. What counts is what a rule reaches, not the word: ranges that come to more than half of the public addresses together are `anywhere`, whatever routes name them; a range that nodes, pods or the API server lie in reaches these; a selector that no namespace needs a label for is `cluster`. The ends in the own namespace have to be listed too.',
  ),
  cidrs: setOf(cidrText(), { max: 64 })
    .describe('Ranges that a `cidr` may lie in although `cidr` is not among `ends`.')
    .exactOptional(),
}).describe(
  'Guardrails: routes that reach further are Rejected. They bind only where teams cannot write NetworkPolicies themselves, because policies add up. Left out: no limit.',
);

/** Settings for some namespaces. */
export const namespaceRule = fields({
  name: dnsLabel().describe('Names the rule in findings and for merging.'),
  namespaces: constrain(
    fields({
      names: setOf(nameGlob(), { min: 1, max: 64 })
        .describe('Namespace names, in which `*` stands for any run of characters; one of them must match.')
        .exactOptional(),
      selector: labelSelector()
        .describe('Labels of the namespaces; `{}` matches every namespace.')
        .exactOptional(),
    }),
    {
      rule: 'has(self.names) || has(self.selector)',
      message: 'must have at least one of `names` and `selector`; `selector: {}` means every namespace',
      holds: ({ names, selector }) => names !== undefined || selector !== undefined,
    },
  )
    .meta({ minProperties: 1 })
    .describe('The namespaces that this rule is for. With both `names` and `selector`, both must match.'),
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
