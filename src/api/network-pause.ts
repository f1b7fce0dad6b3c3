// The custom resource NetworkPause: for some hours, everything is allowed to and from the pods of one namespace.
// Must not know what is generated from it, nor what time it is.
import * as z from 'zod';
import { directions } from '../model/network-policy.ts';
import { constrainChange } from '../routes/schema/constraint.ts';
import { type DeepReadonly, fields } from '../routes/schema/fields.ts';
import { dnsLabel, text, written } from '../routes/schema/text-schema.ts';
import { messageLength, observedGeneration } from './conditions.ts';
import { metadata } from './metadata.ts';

const leapDay = '[0-9]{2}[2468][048]-02-29|[0-9]{2}[13579][26]-02-29|[0-9]{2}0[48]-02-29|2[048]00-02-29';
const otherDay =
  '[0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))';
const timeOfDay = '([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,9})?';
const offset = '(Z|[-+]([01][0-9]|2[0-3]):[0-5][0-9])';

/**
 * A moment (RFC 3339). The format `date-time` of the API server accepts more than JavaScript reads, so the syntax has each day of
 * the calendar.
 */
const moment = () =>
  written(text(35), {
    pattern: `^(${leapDay}|${otherDay})T${timeOfDay}${offset}$`,
    message: 'must be a time like `2026-01-02T15:04:05Z` or `2026-01-02T16:04:05+01:00`',
    as: 'rule',
  });

/** It is shown in terminals and in Events: no control characters. */
const line = (max: number) =>
  written(text(max), {
    pattern: '^[^\\x00-\\x1F\\x7F-\\x9F]+$',
    message: 'must be one line, without control characters',
    as: 'rule',
  });

/** A pause should not take longer, in milliseconds: what it is for needs routes. A week. */
export const longestPauseMs = 7 * 24 * 60 * 60 * 1000;

/** The spec of a NetworkPause. */
const networkPauseSpec = fields({
  namespace: constrainChange(dnsLabel(), {
    rule: 'self == oldSelf',
    message: 'must not change: create a NetworkPause for the other namespace',
  }).describe('The namespace to pause, which cannot be changed later.'),
  direction: z
    .enum(directions)
    .describe(
      'The direction in which everything is allowed. If unset: both. A direction in which Ringfence denies nothing stays as it is.',
    )
    .exactOptional(),
  until: moment().describe(
    'When the pause ends, by the clock of the API server (RFC 3339). To make it longer or shorter, change this; a pause that has expired does not begin again because a clock is set back.',
  ),
  reason: line(256).describe('Why, for everyone who finds the namespace open.'),
}).describe('Which namespace is paused, until when, and why.');

/** The states of a pause. */
export const pauseStates = ['Active', 'NotNeeded', 'Pending', 'Expired'] as const;

/** The status of a NetworkPause. */
export const networkPauseStatus = z
  .object({
    observedGeneration: observedGeneration().exactOptional(),
    state: z
      .enum(pauseStates)
      .describe(
        '`Active`: the policy that allows everything is written. `NotNeeded`: there is nothing to allow, because the namespace is not ringed, not enforced, or open in this direction. `Pending`: it waits, for example for its namespace, or for a server that refuses the policy. `Expired`: it is over, and the policy is deleted unless another pause needs it.',
      )
      .exactOptional(),
    message: text(messageLength, 0).describe('Why, for people.').exactOptional(),
  })
  .describe('What the operator reports about it.');

/** A NetworkPause as it is read from a file or from the API server. */
export const networkPause = fields({
  apiVersion: z.literal('ringfence.dev/v1alpha1'),
  kind: z.literal('NetworkPause'),
  metadata,
  spec: networkPauseSpec,
  status: networkPauseStatus.exactOptional(),
}).describe(
  'A pause of one namespace, for an emergency: until a given time, one more policy allows everything to and from its pods. Nothing is deleted, so the pause begins at once. Guardrails do not apply: anyone who may create NetworkPauses may open every ringed namespace. It opens only its own namespace; where the other end of a connection is fenced, its policies still apply.',
);

/** The annotation in which `ringfence pause` writes who calls it: Kubernetes keeps only the program. */
export const pausedByAnnotation = 'ringfence.dev/paused-by';

const person = line(256);

/** Who paused, as the annotation says: nobody has checked it. `undefined` if it can't be shown in terminals and Events. */
export function pausedBy(annotations: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const read = person.safeParse(annotations?.[pausedByAnnotation]);
  return read.success ? read.data : undefined;
}

/** The status of a NetworkPause. */
export type NetworkPauseStatus = DeepReadonly<z.output<typeof networkPauseStatus>>;

/** A pause of one namespace. */
export type NetworkPause = DeepReadonly<z.output<typeof networkPause>>;
