// The end `anywhere`: everything, inside and outside the cluster.
import { success } from '../model/result.ts';
import { routeEnd } from './route-end.ts';
import { fields } from './schema/fields.ts';

/** Everything. */
export const anywhereEnd = routeEnd({
  name: 'anywhere',
  schema: fields({}),
  description:
    'Everything: every pod of every namespace and every address, IPv4 and IPv6. As `from`, it lets in anyone who has network access to the pods.',
  // CNIs differ in whether an address range matches pods, so the rule names pods too.
  peers: () =>
    success([{ namespaceSelector: {} }, { ipBlock: { cidr: '0.0.0.0/0' } }, { ipBlock: { cidr: '::/0' } }]),
  namespaceScope: () => ({ selector: {} }),
});
