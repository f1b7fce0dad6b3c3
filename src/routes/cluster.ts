// The end `cluster`: everything inside the cluster.
import { routeEnd } from './route-end.ts';
import { fields } from './schema/fields.ts';

/** Everything inside the cluster. */
export const cluster = routeEnd({
  name: 'cluster',
  schema: fields({}),
  sides: ['from', 'to'],
  isHere: false,
  description: 'Every pod of every namespace, and the Service and node addresses of the cluster.',
});
