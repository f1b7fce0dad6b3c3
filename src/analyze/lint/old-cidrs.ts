// CIDRs that newer API servers refuse: of two readers, one may take them for other addresses. Those that are stored stay.
// Must not know which pods exist.
import { aboutPolicy, type Finding } from '../../model/findings.ts';
import { formatCidr, parseCidr, parseStoredCidr } from '../../model/ip-ranges.ts';
import { directions } from '../../model/network-policy.ts';
import type { PolicyFacts } from '../facts.ts';
import { isolationOf } from '../rules.ts';
import { rulePath } from './check.ts';
import type { LintContext } from './lint-context.ts';

/** Finds CIDRs with leading zeros, host bits, or IPv4 addresses in the form of IPv6 (KEP-4858). */
export function cidrIsNotCanonical({ policies }: LintContext): readonly Finding[] {
  return policies.flatMap((policy) =>
    cidrsOf(policy).flatMap(({ cidr, path }) => {
      const range = parseStoredCidr(cidr);
      if (!range.ok || parseCidr(cidr).ok) return [];
      const plain = formatCidr(range.value);
      return [
        aboutPolicy(policy, 'NonCanonicalCIDR', {
          path,
          message: `\`${cidr}\` counts as \`${plain}\`, but newer API servers refuse it, and CNIs may read it differently`,
          hint: `write \`${plain}\``,
        }),
      ];
    }),
  );
}

function cidrsOf({ spec }: PolicyFacts): readonly { readonly cidr: string; readonly path: string }[] {
  return directions
    .filter((direction) => isolationOf(spec).includes(direction))
    .flatMap((direction) => {
      const [rules = [], field] =
        direction === 'Ingress' ? ([spec.ingress, 'from'] as const) : ([spec.egress, 'to'] as const);
      return rules.flatMap((rule, index) =>
        (rule[field] ?? []).flatMap(({ ipBlock }, place) => {
          if (ipBlock === undefined) return [];
          const path = `${rulePath(direction, index)}.${field}[${place}].ipBlock`;
          const { cidr, except = [] } = ipBlock;
          return [
            { cidr, path: `${path}.cidr` },
            ...except.map((hole, at) => ({ cidr: hole, path: `${path}.except[${at}]` })),
          ];
        }),
      );
    });
}
