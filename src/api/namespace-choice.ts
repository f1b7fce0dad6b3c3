// Namespaces that a field of the platform profile selects, by name, by label, or by both.
// Must not know what they are selected for.
import type * as z from 'zod';
import { setOf } from '../routes/schema/collections.ts';
import { constrain } from '../routes/schema/constraint.ts';
import { type DeepReadonly, fields } from '../routes/schema/fields.ts';
import { labelSelector } from '../routes/schema/label-selector.ts';
import { nameGlob } from '../routes/schema/text-schema.ts';

/** The maximum number of names in a choice. */
export const maxNames = 64;

/** A choice of namespaces; at least one of its fields must be set. */
export const namespaceChoice = () =>
  constrain(
    fields({
      names: setOf(nameGlob(), { min: 1, max: maxNames })
        .describe('Namespace names, in which `*` matches any characters; one of them must match.')
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
  ).meta({ minProperties: 1 });

/** A choice of namespaces. */
export type NamespaceChoice = DeepReadonly<z.output<ReturnType<typeof namespaceChoice>>>;
