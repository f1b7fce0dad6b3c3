// The end `monitoring`: the monitoring systems that the platform profile declares.
import { declaredPeers } from './declared-system.ts';
import { routeEnd } from './route-end.ts';
import { fields } from './schema/fields.ts';
import { dnsLabel } from './schema/text-schema.ts';

/** The platform's monitoring, one or all. */
export const monitoringEnd = routeEnd({
  name: 'monitoring',
  schema: fields({
    name: dnsLabel()
      .describe('One of `monitoring` in the platform profile, by its name. If unset: all of them.')
      .exactOptional(),
  }),
  requiresConsent: true,
  description:
    'The monitoring systems that the platform profile declares: `{}` for all of them, or one by its name. Scraping on their own ports is already allowed; use this for other ports, or for pods that push (`to`).',
  peers: ({ name }, context) => declaredPeers('monitoring', name, context.monitoring),
  namespaceScope: () => 'declared',
});
