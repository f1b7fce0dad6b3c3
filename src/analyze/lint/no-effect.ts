// Parts of a policy without effect, for any pods: rules that are ignored, and parts that can't match anything.
// Must not know which pods exist.
import { addressSetOf, addressSets } from '../../model/address-set.ts';
import { aboutPolicy, type Finding } from '../../model/findings.ts';
import { contradictionIn } from '../../model/label-sets.ts';
import { directions, isStandIn } from '../../model/network-policy.ts';
import type { LabelSelector } from '../../model/selectors.ts';
import type { PolicyFacts } from '../facts.ts';
import { isBlock, isolationOf, type ParsedBlock, type ParsedPeer } from '../rules.ts';
import { eachPeer, eachPort } from './check.ts';
import type { LintContext } from './lint-context.ts';

/** Finds rules of a direction that `policyTypes` does not list: Kubernetes ignores them. */
export function rulesAreIgnored({ policies }: LintContext): readonly Finding[] {
  return policies.flatMap((policy) =>
    directions.flatMap((direction) => {
      const field = direction === 'Ingress' ? 'ingress' : 'egress';
      const isIgnored = !isolationOf(policy.spec).includes(direction);
      if (!isIgnored || (policy.spec[field] ?? []).length === 0) return [];
      return [
        aboutPolicy(policy, 'RulesIgnored', {
          path: `spec.${field}`,
          message: `\`policyTypes\` does not list \`${direction}\`, so these rules are ignored: this policy does not restrict the ${field} of its pods`,
          hint: `add \`${direction}\` to \`policyTypes\`, or delete \`${field}\``,
        }),
      ];
    }),
  );
}

/** Finds entries of `ports` without a port, beside others or completely empty: they allow every port. */
export function portIsEmpty(context: LintContext): readonly Finding[] {
  return eachPort(context, (entry, path, { policy, ports = [] }) => {
    if (entry.port !== undefined) return [];
    const { protocol = 'TCP' } = entry;
    const hidden = ports.filter(
      (other) => other.port !== undefined && (other.protocol ?? 'TCP') === protocol,
    );
    if (hidden.length === 0 && entry.protocol !== undefined) return [];
    const rest = hidden.length === 0 ? '' : `, so the ${protocol} ports beside it have no effect`;
    return [
      aboutPolicy(policy, 'EmptyPort', {
        path,
        message: `an entry without \`port\` allows every ${protocol} port${rest}`,
        hint: 'write the port; where a template wrote this entry, its value was empty',
      }),
    ];
  });
}

/** Finds selectors, blocks and named ports that can't match anything. */
export function partNeverMatches(context: LintContext): readonly Finding[] {
  const ofPolicies = context.policies.flatMap((policy) =>
    contradiction(policy, policy.spec.podSelector, 'spec.podSelector'),
  );
  const ofPeers = eachPeer(context, (peer, path, { policy }) => deadPeer(policy, peer, path));
  return [...ofPolicies, ...ofPeers, ...namesAtAddresses(context)];
}

/** A peer that matches nothing. */
function deadPeer(policy: PolicyFacts, peer: ParsedPeer, path: string): readonly Finding[] {
  if (isBlock(peer)) return isAllExcepted(peer) ? [emptyBlock(policy, peer, path)] : [];
  const { namespaceSelector = {}, podSelector } = peer;
  return [
    ...contradiction(policy, namespaceSelector, `${path}.namespaceSelector`),
    ...contradiction(policy, podSelector, `${path}.podSelector`),
  ];
}

function contradiction(policy: PolicyFacts, selector: LabelSelector, path: string): readonly Finding[] {
  const key = contradictionIn(selector);
  if (key === undefined) return [];
  return [
    aboutPolicy(policy, 'NeverMatches', {
      path,
      message: `its requirements on the label \`${key}\` exclude each other: it selects nothing`,
      hint: 'all requirements of a selector must hold at once; list alternatives in one `In`, or in entries of their own',
    }),
  ];
}

function isAllExcepted({ range, except }: ParsedBlock): boolean {
  return addressSets.covers(addressSetOf(except), addressSetOf([range]));
}

function emptyBlock(policy: PolicyFacts, { cidr }: ParsedBlock, path: string): Finding {
  return aboutPolicy(policy, 'NeverMatches', {
    path: `${path}.ipBlock.except`,
    message: `\`except\` contains all of \`${cidr}\`: nothing is left to match`,
    hint: 'delete this peer, or make `except` narrower',
  });
}

/** "Named ports" are those of pods: an address has none (NetworkPolicyPort in networking/v1). */
function namesAtAddresses(context: LintContext): readonly Finding[] {
  return eachPort(context, (entry, path, rule, direction) => {
    const { policy, peers = [] } = rule;
    const leadsToAddresses = direction === 'Egress' && peers.length > 0 && peers.every(isBlock);
    if (!leadsToAddresses || typeof entry.port !== 'string' || isStandIn(entry, rule)) return [];
    return [
      aboutPolicy(policy, 'NeverMatches', {
        path: `${path}.port`,
        message: `the port \`${entry.port}\` is a name, and addresses have no named ports: it matches nothing`,
        hint: 'write the number',
      }),
    ];
  });
}
