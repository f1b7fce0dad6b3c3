// The end `kubernetesAPI`: the control plane of this cluster.
import { routeEnd } from './route-end.ts';
import { fields } from './schema/fields.ts';

/** The API server. */
export const kubernetesAPI = routeEnd({
  name: 'kubernetesAPI',
  schema: fields({}),
  sides: ['from', 'to'],
  isHere: false,
  description:
    'As `to`, the Kubernetes API server. As `from`, the control plane that calls a webhook or an aggregated API in this namespace: the addresses of its nodes, or the konnectivity pods.',
});
