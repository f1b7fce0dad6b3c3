// Merges the mirrors of other namespaces' ingress rules into the policies of their source: many namespaces are one peer, by name,
// in stable buckets. Must not know why a mirror is due.
import { groupsBy } from '../../model/groups.ts';
import { canonicalJson, type Direction, type NonEmpty, type Rule } from '../../model/network-policy.ts';
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
  const sorted = mirrors.toSorted((a, b) => compareText(a.origin, b.origin));
  return groupsBy(sorted, ({ allowRule }) => canonicalJson(allowRule.pods))
    .flatMap((group) => {
      const parts = bucketsFor(group.reduce((sum, mirror) => sum + weightOf(mirror), 0) / mirrorsPerPolicy);
      return [...Map.groupBy(group, ({ origin }) => bucketOf(origin, parts))].flatMap(([part, bucket]) =>
        splitBySize(bucket).flatMap((some, index) => {
          const name = `${part} of ${parts}${index === 0 ? '' : `, ${index}`}`;
          return allowPolicy(about, some[0].allowRule, name, mergeByDestination(some));
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
function splitBySize(bucket: readonly Mirror[]): readonly NonEmpty<Mirror>[] {
  const policies: [Mirror, ...Mirror[]][] = [];
  let bytes = maxBytes;
  for (const mirror of bucket) {
    bytes += sizeOf(mirror);
    if (bytes <= maxBytes) policies.at(-1)?.push(mirror);
    else {
      policies.push([mirror]);
      bytes = sizeOf(mirror);
    }
  }
  return policies;
}

/** Mirrors that differ only in the namespace that they lead to become one rule. */
function mergeByDestination(mirrors: readonly Mirror[]): readonly MergedRule[] {
  const sortable = mirrors.map((mirror) => {
    const { rule } = mirror.allowRule;
    return { ...mirror, rule, text: canonicalJson({ ...rule, peers: podsOf(rule) }) };
  });
  return groupsBy(sortable, ({ text }) => text)
    .toSorted(([a], [b]) => compareText(a.text, b.text))
    .map((alike) => {
      const [{ rule }] = alike;
      const [podSelector] = podsOf(rule);
      const peer = {
        namespaceSelector: namespacesNamed(alike.map(({ destination }) => destination)),
        ...(podSelector === undefined ? {} : { podSelector }),
      };
      const origins = [...new Set(alike.map(({ origin }) => origin))].sort(compareText);
      return { rule: { ...rule, peers: [peer] }, origins };
    });
}

function podsOf({ peers }: Rule) {
  return peers.flatMap((peer) =>
    'ipBlock' in peer || peer.podSelector === undefined ? [] : [peer.podSelector],
  );
}
