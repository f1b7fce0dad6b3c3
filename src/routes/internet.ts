// The end `internet`: public addresses.
import { routeEnd } from './route-end.ts';
import { fields } from './schema/fields.ts';

/** Public addresses. */
export const internet = routeEnd({
  name: 'internet',
  schema: fields({}),
  sides: ['from', 'to'],
  isHere: false,
  description:
    'Addresses outside the cluster and outside private, shared and link-local ranges, IPv4 and IPv6. For private networks beside the cluster name their `cidr`.',
});
