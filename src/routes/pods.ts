// The end `pods`: pods of this namespace by any labels.
import { success } from '../model/result.ts';
import { podPorts } from './pod-ports.ts';
import { routeEnd } from './route-end.ts';
import { labelSelector } from './schema/label-selector.ts';

/** Pods here, by a label selector. */
export const podsEnd = routeEnd({
  name: 'pods',
  schema: labelSelector(),
  description: 'Pods in this namespace that the label selector selects. `{}` means all of them.',
  pods: (selector) => success({ selector, ports: podPorts }),
  peers: (selector) => success([{ podSelector: selector }]),
});
