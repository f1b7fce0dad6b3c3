// IP addresses and CIDRs as strings that every CNI accepts in both families.
// Must not know what a range is used for.
import { parseAddress, parseCidr } from '../../model/ip-ranges.ts';
import { once } from '../../model/once.ts';
import { constrain } from './constraint.ts';
import { text } from './text-schema.ts';

/** A CIDR of either family, without host bits; IPv4-mapped IPv6 is refused, because CNIs disagree about it. */
export const cidrText = once(() =>
  constrain(text(43), {
    // Before Kubernetes 1.32 the estimated cost of `==` between CIDRs is unbounded (apiserver `pkg/cel/library/cost.go`).
    rule: 'isCIDR(self) && cidr(self).masked() in [cidr(self)]',
    message: 'must be a CIDR like `10.0.0.0/8` or `fd00::/8`, without host bits',
    holds: (value) => parseCidr(value).ok,
    explain: (value) => reasonOf(parseCidr(value)),
  }),
);

/** One IP address of either family; IPv4-mapped IPv6 is refused, because CNIs disagree about it. */
export const addressText = once(() =>
  constrain(text(45), {
    rule: 'isIP(self)',
    message: 'must be an IP address like `10.0.0.1` or `fd00::1`',
    holds: (value) => parseAddress(value).ok,
    explain: (value) => reasonOf(parseAddress(value)),
  }),
);

function reasonOf(parsed: ReturnType<typeof parseCidr>): string | undefined {
  return parsed.ok ? undefined : parsed.error;
}
