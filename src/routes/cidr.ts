// The end `cidr`: a range of addresses, with exceptions.

import { contains, parseCidr } from '../model/ip-ranges.ts';
import { success } from '../model/result.ts';
import { routeEnd } from './route-end.ts';
import { cidrText } from './schema/addresses.ts';
import { setOf } from './schema/collections.ts';
import { constrain } from './schema/constraint.ts';
import { fields } from './schema/fields.ts';

// The API server refuses a NetworkPolicy whose exception is not smaller than its range (ValidateIPBlock).
const schema = constrain(
  fields({
    cidr: cidrText().describe('The range, IPv4 or IPv6, without host bits.'),
    except: setOf(cidrText(), { max: 32 })
      .describe('Parts of the range to exclude; each is smaller than `cidr` and inside it.')
      .exactOptional(),
  }),
  {
    rule: '!has(self.except) || !isCIDR(self.cidr) || self.except.all(part, isCIDR(part) && cidr(self.cidr).containsCIDR(part) && cidr(part).prefixLength() > cidr(self.cidr).prefixLength())',
    message: 'each of `except` must lie inside `cidr` and be smaller than it',
    holds: ({ cidr, except = [] }) => except.every((part) => isPartOf(cidr, part)),
    explain: ({ cidr, except = [] }) => {
      const wrong = except.find((part) => !isPartOf(cidr, part));
      return wrong === undefined ? undefined : `\`${wrong}\` is not inside \`${cidr}\``;
    },
  },
);

/** A range of addresses. */
export const cidrEnd = routeEnd({
  name: 'cidr',
  schema,
  description:
    'A range of addresses. It is meant for addresses outside the cluster: CNIs differ in whether a range that contains pod addresses matches pods, so select pods by labels.',
  peers: ({ cidr, except = [] }) =>
    success([{ ipBlock: { cidr, ...(except.length === 0 ? {} : { except }) } }]),
});

function isPartOf(whole: string, part: string): boolean {
  const outer = parseCidr(whole);
  const inner = parseCidr(part);
  if (!outer.ok || !inner.ok) return false;
  return contains(outer.value, inner.value) && inner.value.prefix > outer.value.prefix;
}
