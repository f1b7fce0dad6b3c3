// The custom resource AppNetworkProfile: what an application team declares for its namespace.
// Must not know what is generated from it.
import * as z from 'zod';
import { mapBy } from '../routes/schema/collections.ts';
import { type DeepReadonly, fields } from '../routes/schema/fields.ts';
import { dnsLabel, text } from '../routes/schema/text-schema.ts';
import { conditions, messageLength, observedGeneration, reasonText } from './conditions.ts';
import { egressMeaning, egressMode } from './egress.ts';
import { metadata } from './metadata.ts';
import { route } from './route.ts';

/** The most routes that one profile holds; a namespace may have several profiles. */
const maxRoutes = 200;

/** The spec of an AppNetworkProfile. */
export const appNetworkProfileSpec = fields({
  egress: egressMode
    .describe(
      `How strict the egress of this namespace is. It can only tighten what the platform profile sets: the strictest of the platform's and of all profiles in the namespace holds. Left out: the platform's. ${egressMeaning}`,
    )
    .exactOptional(),
  routes: mapBy('name', route, { max: maxRoutes })
    .describe(
      'The allowed routes, beyond what the platform allows everywhere. The profiles of a namespace add up; no route takes away what another allows.',
    )
    .default([]),
}).describe('What this application needs.');

/** What became of one route. */
const routeStates = ['Active', 'NotNeeded', 'Pending', 'Rejected'] as const;

const count = (meaning: string) => z.int().min(0).describe(meaning);

const routeStatus = z
  .object({
    name: dnsLabel().describe('The name of the route.'),
    state: z
      .enum(routeStates)
      .describe(
        '`Active`: its policies are written, which does not mean that the CNI enforces them already. `NotNeeded`: the traffic is open without it. `Pending`: it waits, for example for the other namespace, or for a server that refuses to store its policies. `Rejected`: it is a mistake or goes beyond the guardrails, and contributes nothing.',
      ),
    reason: reasonText().describe('Why, as one CamelCase word for programs.').exactOptional(),
    message: text(messageLength, 0).describe('Why, for people.').exactOptional(),
    suggestion: text(2048, 0).describe('The YAML that would mend it, where there is one.').exactOptional(),
  })
  .describe('What became of one route.');

/** The status of an AppNetworkProfile. */
export const appNetworkProfileStatus = z
  .object({
    observedGeneration: observedGeneration().exactOptional(),
    policies: count('How many NetworkPolicies this profile owns.').exactOptional(),
    counts: z
      .object({
        routes: count('How many routes there are.').default(0),
        active: count('How many are Active.').default(0),
        notNeeded: count('How many are NotNeeded.').default(0),
        pending: count('How many are Pending.').default(0),
        rejected: count('How many are Rejected.').default(0),
      })
      .describe('How many routes are in which state.')
      .exactOptional(),
    routes: mapBy('name', routeStatus, { max: maxRoutes })
      .describe('What became of each route.')
      .exactOptional(),
    conditions: conditions()
      .describe(
        '`Accepted`: no route is Rejected. `Programmed`: every policy of the namespace is in place; where the server refuses one, its reason stands here. `Consented`: no route waits for the other namespace, or for something that is not there yet. `Ready`: Accepted and Programmed. `Frozen`, of a profile that can not be read: what of it stays as it was written before, and since when. Two teams that wait for each other are both Ready, so that GitOps tools do not wait for ever.',
      )
      .exactOptional(),
  })
  .describe('What the operator made of it.');

/** An AppNetworkProfile as it is read from a file or from the API server. */
export const appNetworkProfile = fields({
  apiVersion: z.literal('ringfence.dev/v1alpha1'),
  kind: z.literal('AppNetworkProfile'),
  metadata,
  spec: appNetworkProfileSpec,
  status: appNetworkProfileStatus.exactOptional(),
}).describe(
  'What an application team declares for its namespace: the allowed routes. A namespace may hold several; they add up.',
);

/** The status of an AppNetworkProfile. */
export type AppNetworkProfileStatus = DeepReadonly<z.output<typeof appNetworkProfileStatus>>;

/** What became of one route. */
export type RouteStatus = DeepReadonly<z.output<typeof routeStatus>>;

/** What a team declares for its namespace. */
export type AppNetworkProfile = DeepReadonly<z.output<typeof appNetworkProfile>>;
