// Rules that allow more than they seem to: an empty list means everyone, and a block of addresses may match pods.
import type { Finding } from '../../model/findings.ts';
import { contains, parseAddress } from '../../model/ip-ranges.ts';
import { isBlock, isolationOf, type ParsedBlock } from '../rules.ts';
import { aboutPolicy, eachRule, listNames, peerPath, rulePath } from './check.ts';
import type { LintContext } from './lint-context.ts';

/** Finds rules whose list of peers is written and empty, which means everyone. */
export function emptyPeersMeanEveryone(context: LintContext): readonly Finding[] {
  return context.policies.flatMap((policy) =>
    isolationOf(policy.spec).flatMap((direction) => {
      const member = direction === 'Ingress' ? 'from' : 'to';
      const rules = (direction === 'Ingress' ? policy.spec.ingress : policy.spec.egress) ?? [];
      return rules.flatMap((rule, index) =>
        rule[member]?.length !== 0
          ? []
          : [
              aboutPolicy(policy, 'EmptyPeers', {
                path: `${rulePath(direction, index)}.${member}`,
                message: `an empty \`${member}\` means everyone, not nobody`,
                hint: `delete the rule to allow nobody, or leave out \`${member}\` to allow everyone explicitly`,
              }),
            ],
      );
    }),
  );
}

/** Finds rules that remove their policy's isolation: everyone on every port. */
export function everyoneIsAllowed(context: LintContext): readonly Finding[] {
  return eachRule(context, (policy, direction, { index, peers, ports }) =>
    peers !== undefined || ports !== undefined
      ? []
      : [
          aboutPolicy(policy, 'AllowsEveryone', {
            path: rulePath(direction, index),
            message: `it allows every connection ${direction === 'Ingress' ? 'to' : 'from'} its pods: other policies no longer restrict them`,
            hint: 'name the peers and ports that you mean',
          }),
        ],
  );
}

/** Finds `ipBlock` peers that contain addresses of pods: CNIs differ in whether they match these. */
export function blockCoversPods(context: LintContext): readonly Finding[] {
  const known = context.namespaces
    .flatMap((namespace) => context.podsIn(namespace))
    .filter(({ hostNetwork }) => !hostNetwork)
    .flatMap(({ workload, addresses }) =>
      addresses.flatMap((address) => {
        const parsed = parseAddress(address);
        return parsed.ok ? [{ range: parsed.value, name: `${workload.namespace}/${workload.name}` }] : [];
      }),
    );
  const found = new Map<string, readonly string[]>();
  const podsIn = ({ cidr, range, except }: ParsedBlock) => {
    const key = `${cidr} ${except.map(({ first, prefix }) => `${first}/${prefix}`).join(' ')}`;
    const names =
      found.get(key) ??
      [
        ...new Set(
          known
            .filter((pod) => contains(range, pod.range) && !except.some((hole) => contains(hole, pod.range)))
            .map(({ name }) => name),
        ),
      ].sort();
    found.set(key, names);
    return names;
  };
  return eachRule(context, (policy, direction, { index, peers = [] }) =>
    peers.flatMap((peer, place) => {
      // The largest ranges mean everyone, pods included.
      if (!isBlock(peer) || peer.range.prefix === 0) return [];
      const names = podsIn(peer);
      if (names.length === 0) return [];
      return [
        aboutPolicy(policy, 'BlockCoversPods', {
          path: `${peerPath(direction, index, place)}.ipBlock.cidr`,
          message: `\`${peer.cidr}\` contains addresses of pods, such as those of ${listNames(names)}: most CNIs match these pods, but some, such as Cilium, never do`,
          hint: 'select pods by labels, and exclude their addresses with `except`',
        }),
      ];
    }),
  );
}
