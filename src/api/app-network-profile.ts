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

/** The maximum number of routes in one profile; a namespace may have several profiles. */
export const maxRoutes = 200;

/** The spec of an AppNetworkProfile. */
export const appNetworkProfileSpec = fields({
  egress: egressMode
    .describe(
      `How strict the egress of this namespace is. It can only tighten the platform's mode: the strictest mode of the platform and of all profiles in the namespace applies. If unset: the platform's. ${egressMeaning}`,
    )
    .exactOptional(),
  routes: mapBy('name', route, { max: maxRoutes })
    .describe(
      'The allowed routes, in addition to what the platform allows everywhere. The profiles of a namespace add up; no route takes away what another allows.',
    )
    .default([]),
}).describe('What this application needs.');

/** The state of one route. */
const routeStates = ['Active', 'NotNeeded', 'Pending', 'Rejected'] as const;

const count = (meaning: string) => z.int().min(0).describe(meaning);

const routeStatus = z
  .object({
    name: dnsLabel().describe('The name of the route.'),
    state: z
      .enum(routeStates)
      .describe(
        '`Active`: its policies are written, which does not mean that the CNI already enforces them. `NotNeeded`: the traffic is allowed without it. `Pending`: it waits, for example for the other namespace, or for a server that refuses to store its policies. `Rejected`: it is a mistake or exceeds the guardrails, and allows nothing.',
      ),
    reason: reasonText().describe('Why, as one CamelCase word for programs.').exactOptional(),
    message: text(messageLength, 0).describe('Why, for people.').exactOptional(),
    suggestion: text(2048, 0).describe('The YAML that would fix it, if there is one.').exactOptional(),
  })
  .describe('The state of one route.');

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
      .describe('Routes by state.')
      .exactOptional(),
    routes: mapBy('name', routeStatus, { max: maxRoutes })
      .describe('The state of each route.')
      .exactOptional(),
    conditions: conditions()
      .describe(
        '`Accepted`: no route is Rejected. `Programmed`: every policy of the namespace is in place; if the server refuses one, this condition has its reason. `Consented`: no route waits for the other namespace, or for something that does not exist yet. `Ready`: Accepted and Programmed. `Frozen`, only for a profile that cannot be read: which of its policies stay as they are, and since when. Two teams that wait for each other are both Ready, so that GitOps tools do not wait forever.',
      )
      .exactOptional(),
  })
  .describe('What the operator reports about it.');

/** An AppNetworkProfile as it is read from a file or from the API server. */
export const appNetworkProfile = fields({
  apiVersion: z.literal('ringfence.dev/v1alpha1'),
  kind: z.literal('AppNetworkProfile'),
  metadata,
  spec: appNetworkProfileSpec,
  status: appNetworkProfileStatus.exactOptional(),
}).describe(
  'The allowed routes of a namespace, declared by its application team. A namespace may contain several profiles; they add up.',
);

/** The status of an AppNetworkProfile. */
export type AppNetworkProfileStatus = DeepReadonly<z.output<typeof appNetworkProfileStatus>>;

/** The state of one route. */
export type RouteStatus = DeepReadonly<z.output<typeof routeStatus>>;

/** What a team declares for its namespace. */
export type AppNetworkProfile = DeepReadonly<z.output<typeof appNetworkProfile>>;
