// Merges the mirrors of other namespaces' ingress rules into the policies of their source: many namespaces are one peer, by name,
// in stable buckets. Must not know why a mirror is due.
import { canonicalJson, type Direction, type Rule } from '../../model/network-policy.ts';
import { compareText } from '../../model/object-key.ts';
import type { DesiredPolicy, Owner } from '../../model/policies.ts';
import { mirrorStem } from '../../model/policy-names.ts';
import { namespacesNamed } from '../../model/selectors.ts';
import type { Mirror } from '../across/mirrors-across.ts';
import { allowPolicy, type MergedRule } from './allow-policies.ts';
import { bucketOf, bucketsFor } from './buckets.ts';

/**
 * The number of mirrors in a policy, with large ones counting more: it stays far below etcd's limit, and a new namespace changes
 * only one policy of many.
 */
const mirrorsPerPolicy = 500;
const bytesPerWeight = 600;

/** The author of a mirror's origin can choose its bucket, by trying some names: a full bucket becomes several policies. */
const maxBytes = 900_000;

/** The policies for the mirrors of a namespace, in any order. Ordered by name. */
export function mirrorPolicies(
  namespace: string,
  owner: Owner,
  mirrors: readonly Mirror[],
): readonly DesiredPolicy[] {
  const about = {
    namespace,
    owner,
    stem: mirrorStem,
    describe: (_: Direction, pods: string, origins: string) =>
      `Allows the egress of ${pods} that other namespaces let in: ${origins}`,
  };
  // `{}` and `{matchLabels: {}}` are the same pods: which of them is written must not depend on the order.
  const sorted = [...mirrors].sort((a, b) => compareText(a.origin, b.origin));
  const groups = Map.groupBy(sorted, ({ allowRule }) => canonicalJson(allowRule.pods));
  return [...groups.values()]
    .flatMap((group) => {
      const parts = bucketsFor(group.reduce((sum, mirror) => sum + weightOf(mirror), 0) / mirrorsPerPolicy);
      return [...Map.groupBy(group, ({ origin }) => bucketOf(origin, parts))].flatMap(([part, bucket]) =>
        splitBySize(bucket).flatMap((some, at) => {
          const [first] = some;
          const name = `${part} of ${parts}`;
          return first === undefined
            ? []
            : allowPolicy(
                about,
                first.allowRule,
                at === 0 ? name : `${name}, ${at}`,
                mergeByDestination(some),
              );
        }),
      );
    })
    .sort((a, b) => compareText(a.name, b.name));
}

function weightOf(mirror: Mirror): number {
  return 1 + Math.floor(sizeOf(mirror) / bytesPerWeight);
}

/** The number of characters of the rule, before similar ones share it. */
function sizeOf({ allowRule: { rule } }: Mirror): number {
  return JSON.stringify(rule).length;
}

/** Splits the mirrors of one bucket over as many policies as needed; a mirror that is too large gets its own. */
function splitBySize(bucket: readonly Mirror[]): readonly (readonly Mirror[])[] {
  const policies: Mirror[][] = [];
  let bytes = maxBytes;
  for (const mirror of bucket) {
    const size = sizeOf(mirror);
    if (bytes + size > maxBytes) {
      policies.push([]);
      bytes = 0;
    }
    policies.at(-1)?.push(mirror);
    bytes += size;
  }
  return policies;
}

/** Mirrors that differ only in the namespace that they lead to become one rule. */
function mergeByDestination(mirrors: readonly Mirror[]): readonly MergedRule[] {
  const alike = Map.groupBy(mirrors, ({ allowRule: { rule } }) =>
    canonicalJson({ ...rule, peers: podsOf(rule) }),
  );
  return [...alike]
    .sort(([a], [b]) => compareText(a, b))
    .flatMap(([, group]) => {
      const [first] = group;
      if (first === undefined) return [];
      const { rule } = first.allowRule;
      const [podSelector] = podsOf(rule);
      const names = group.map(({ destination }) => destination);
      const origins = [...new Set(group.map(({ origin }) => origin))].sort(compareText);
      const peer = {
        namespaceSelector: namespacesNamed(names),
        ...(podSelector === undefined ? {} : { podSelector }),
      };
      return [{ rule: { ...rule, peers: [peer] }, origins }];
    });
}

function podsOf({ peers }: Rule) {
  return peers.flatMap((peer) =>
    'ipBlock' in peer || peer.podSelector === undefined ? [] : [peer.podSelector],
  );
}
