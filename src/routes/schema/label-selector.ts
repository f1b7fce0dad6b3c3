// The schema of `metav1.LabelSelector`, checked as strictly as the API server checks one in a NetworkPolicy:
// a selector that only fails when the policy is written would fail too late.
import * as z from 'zod';
import { once } from '../../model/once.ts';
import { listOf } from './collections.ts';
import { constrain } from './constraint.ts';
import { fields } from './fields.ts';
import { anyLabelValueSyntax, labelKeyLength, labelKeySyntax, text, written } from './text-schema.ts';

const matchLabels = once((): z.ZodRecord<z.ZodString, z.ZodString> => {
  const pattern = new RegExp(labelKeySyntax.pattern);
  const value = written(text(63, 0), anyLabelValueSyntax);
  return constrain(boundedRecord(value, 16), {
    rule: `self.all(key, size(key) <= ${labelKeyLength} && key.matches(r'${labelKeySyntax.pattern}'))`,
    message: `each key ${labelKeySyntax.message}`,
    holds: (labels) => Object.keys(labels).every((key) => key.length <= labelKeyLength && pattern.test(key)),
    explain: (labels) => {
      const wrong = Object.keys(labels).find((key) => key.length > labelKeyLength || !pattern.test(key));
      return `\`${wrong}\` is not`;
    },
  }).describe('Labels that an object must have, each with exactly this value.');
});

const requirement = constrain(
  fields({
    key: written(text(labelKeyLength), { ...labelKeySyntax, as: 'pattern' }).describe('The label key.'),
    operator: z
      .enum(['In', 'NotIn', 'Exists', 'DoesNotExist'])
      .describe(
        'How the label relates to `values`. `NotIn` and `DoesNotExist` also match if the label is absent.',
      ),
    values: listOf(written(text(63, 0), anyLabelValueSyntax), { max: 64 })
      .describe('Label values: at least one for `In` and `NotIn`, none for `Exists` and `DoesNotExist`.')
      .exactOptional(),
  }),
  {
    rule: "(self.operator in ['In', 'NotIn']) == (has(self.values) && size(self.values) > 0)",
    message:
      'must have `values` where `operator` is `In` or `NotIn`, and none where it is `Exists` or `DoesNotExist`',
    holds: ({ operator, values = [] }) => (operator === 'In' || operator === 'NotIn') === values.length > 0,
  },
).describe('One condition on a label.');

/** A `metav1.LabelSelector`; `{}` selects everything. Bounded: 16 labels, 16 expressions of 64 values. */
export const labelSelector = once(() =>
  fields({
    matchLabels: matchLabels().exactOptional(),
    matchExpressions: listOf(requirement, { max: 16 })
      .describe('Further conditions; all of them must match.')
      .exactOptional(),
  }).register(z.globalRegistry, {
    title: 'label selector',
    about:
      'Selects objects by their labels, as everywhere in Kubernetes (`metav1.LabelSelector`): every label and every expression must match, so `{}` selects everything.',
    'x-kubernetes-map-type': 'atomic',
  }),
);

function boundedRecord(value: z.ZodString, max: number): z.ZodRecord<z.ZodString, z.ZodString> {
  return z
    .record(z.string(), value)
    .check((context) => {
      const count = Object.keys(context.value).length;
      if (count <= max) return;
      const message = `must have at most ${max} entries, has ${count}`;
      context.issues.push({ code: 'custom', input: context.value, message });
    })
    .register(z.globalRegistry, { maxProperties: max });
}
