// The end `app`: pods of this namespace by the value of the platform's app label.
import { success } from '../model/result.ts';
import { podPorts } from './pod-ports.ts';
import { routeEnd } from './route-end.ts';
import { labelValue } from './schema/text-schema.ts';

/** Pods here, by the value of their app label. */
export const appEnd = routeEnd({
  name: 'app',
  schema: labelValue(),
  description:
    'Pods in this namespace whose app label has this value. `appLabel` of the platform profile defines the label (`app.kubernetes.io/name` by default).',
  pods: (app, { appLabel }) => success({ selector: { matchLabels: { [appLabel]: app } }, ports: podPorts }),
  peers: (app, { appLabel }) => success([{ podSelector: { matchLabels: { [appLabel]: app } } }]),
});
