// The end `ingressController`: the ingress controllers that the platform profile declares.
import { declaredPeers } from './declared-system.ts';
import { routeEnd } from './route-end.ts';
import { fields } from './schema/fields.ts';
import { dnsLabel } from './schema/text-schema.ts';

/** The platform's ingress controllers, one or all. */
export const ingressControllerEnd = routeEnd({
  name: 'ingressController',
  schema: fields({
    name: dnsLabel()
      .describe('One of `ingressControllers` in the platform profile, by its name. If unset: all of them.')
      .exactOptional(),
  }),
  requiresConsent: true,
  description:
    'The ingress controllers that the platform profile declares: `{}` for all of them, or one by its name.',
  peers: ({ name }, { ingressControllers }) => declaredPeers('ingressControllers', name, ingressControllers),
  namespaceScope: () => 'declared',
});
