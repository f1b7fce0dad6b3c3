// Rules that allow more than they seem to: an empty list means everyone, and a block of addresses may match pods.
import { aboutPolicy, type Finding } from '../../model/findings.ts';
import { getOrInsert } from '../../model/groups.ts';
import { parseAddress } from '../../model/ip-ranges.ts';
import { valuesIn } from '../../model/result.ts';
import { isBlock, isolationOf, type ParsedBlock } from '../rules.ts';
import { isIn } from '../sides.ts';
import { eachPeer, eachRule, listNames, rulePath } from './check.ts';
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
  return eachRule(context, ({ policy, index, peers, ports }, direction) =>
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
      valuesIn(addresses.map(parseAddress)).map((range) => ({
        range,
        name: `${workload.namespace}/${workload.name}`,
      })),
    );
  const found = new Map<string, readonly string[]>();
  const podsIn = (block: ParsedBlock) => {
    const key = `${block.cidr} ${block.except.map(({ first, prefix }) => `${first}/${prefix}`).join(' ')}`;
    return getOrInsert(found, key, () => {
      const names = known.filter((pod) => isIn(block, pod.range)).map(({ name }) => name);
      return [...new Set(names)].sort();
    });
  };
  return eachPeer(context, (peer, path, { policy }) => {
    // The largest ranges mean everyone, pods included.
    if (!isBlock(peer) || peer.range.prefix === 0) return [];
    const names = podsIn(peer);
    if (names.length === 0 || context.cni.IPBlockSelectsPods === false) return [];
    const who = context.cni.IPBlockSelectsPods
      ? 'the CNI of this cluster matches these pods, as the canary found'
      : 'most CNIs match these pods, but some, such as Cilium, never do';
    return [
      aboutPolicy(policy, 'BlockCoversPods', {
        path: `${path}.ipBlock.cidr`,
        message: `\`${peer.cidr}\` contains addresses of pods, such as those of ${listNames(names)}: ${who}`,
        hint: 'select pods by labels, and exclude their addresses with `except`',
      }),
    ];
  });
}
