// The end `namespace`: pods of other namespaces, by the namespace's name or labels.

import { success } from '../model/result.ts';
import { namespaceNamed } from '../model/selectors.ts';
import { routeEnd } from './route-end.ts';
import { constrain, exactlyOne } from './schema/constraint.ts';
import { fields } from './schema/fields.ts';
import { labelSelector } from './schema/label-selector.ts';
import { dnsLabel } from './schema/text-schema.ts';

const schema = constrain(
  fields({
    name: dnsLabel()
      .describe('The name of one namespace. Nobody can forge it, unlike every other label of a namespace.')
      .exactOptional(),
    selector: labelSelector()
      .describe(
        'Namespaces by their labels; `{}` means every namespace. Anyone who may label a namespace can add it to this route.',
      )
      .exactOptional(),
    pods: labelSelector()
      .describe('Only these pods of the namespaces. If unset or `{}`: all of them.')
      .exactOptional(),
  }),
  {
    rule: exactlyOne(['name', 'selector']),
    message: 'must have exactly one of `name` and `selector`',
    holds: ({ name, selector }) => (name === undefined) !== (selector === undefined),
  },
);

/** Pods of other namespaces. */
export const namespaceEnd = routeEnd({
  name: 'namespace',
  schema,
  requiresConsent: true,
  description:
    'Pods of other namespaces, which exactly one of `name` and `selector` selects. As `to`, the other namespace must also let this one in before traffic flows: until then the route is Pending.',
  peers: ({ name, selector, pods }) =>
    success([
      {
        namespaceSelector: name === undefined ? (selector ?? {}) : namespaceNamed(name),
        ...(pods === undefined ? {} : { podSelector: pods }),
      },
    ]),
  namespaceScope: ({ name, selector = {} }) => (name === undefined ? { selector } : { name }),
});
