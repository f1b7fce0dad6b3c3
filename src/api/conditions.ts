// `metav1.Condition` in status.conditions, with the bounds of this API.
// Must not know which condition types exist.
import * as z from 'zod';
import { mapBy } from '../routes/schema/collections.ts';
import type { DeepReadonly } from '../routes/schema/fields.ts';
import { text, written } from '../routes/schema/text-schema.ts';

/** The maximum length of a message in a status. */
export const messageLength = 1024;

/** A CamelCase word for programs; the syntax is that of `metav1.Condition`. */
export function reasonText(): z.ZodString {
  return written(text(128), {
    pattern: '^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$',
    message: 'must be a CamelCase word like `Compiled`',
    as: 'pattern',
  });
}

/** The generation of the spec that a status describes. */
export function observedGeneration() {
  return z
    .int()
    .min(0)
    .describe(
      'The `metadata.generation` that this was computed from. If it is lower than the current one, the operator has not processed the latest change yet.',
    );
}

const condition = z
  .object({
    type: written(text(316), {
      pattern:
        '^([a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$',
      message: 'must be a condition type like `Ready`',
      as: 'pattern',
    }).describe('The type of the condition, like `Ready`.'),
    status: z
      .enum(['True', 'False', 'Unknown'])
      .describe('Whether the condition is true; `Unknown` if that could not be determined.'),
    observedGeneration: observedGeneration().exactOptional(),
    lastTransitionTime: z.iso
      .datetime({ offset: true, error: 'must be a time like `2026-01-02T15:04:05Z`' })
      .describe('When `status` last changed (RFC 3339).'),
    reason: reasonText().describe('Why, as one CamelCase word for programs.'),
    message: text(messageLength, 0).describe('Why, for people.'),
  })
  .meta({
    title: 'condition',
    about: 'A condition of the object, as in every Kubernetes API (`metav1.Condition`).',
    description: 'One condition, as in every Kubernetes API (`metav1.Condition`).',
  });

/** A list of conditions, one for each type. */
export function conditions() {
  return mapBy('type', condition, { max: 16 });
}

/** One `metav1.Condition`. */
export type Condition = DeepReadonly<z.output<typeof condition>>;
