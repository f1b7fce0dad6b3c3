// Stable buckets: a hash splits what is too much for one policy, so that a new or deleted entry changes only one bucket of many.
// If buckets were filled one after the other, a new entry would move others from one policy to the next, and between the two
// writes they would be in neither. Must not know what is split, nor why.
import { createHash } from 'node:crypto';
import {
  canonicalJson,
  namespaceSelectorOf,
  type Peer,
  type Rule,
  ruleFor,
} from '../../model/network-policy.ts';
import { compareText } from '../../model/object-key.ts';
import { namespacesNamed, onlyNamesIn } from '../../model/selectors.ts';

/** This many names of namespaces take about 35 KiB, and twice that if they are long; etcd's limit is 1.5 MiB. */
export const namesPerBucket = 500;

/** The number of buckets for this many entries: a power of two, so that buckets stay the same while entries come and go. */
export function bucketsFor(fillings: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, fillings)));
}

/** The bucket of an entry depends only on its own text. */
export function bucketOf(entry: string, buckets: number): number {
  return buckets === 1 ? 0 : createHash('sha256').update(entry).digest().readUInt32BE() % buckets;
}

/** How many namespaces a rule lists by their names. */
export function namesListedIn({ peers }: Rule): number {
  return peers.reduce((sum, peer) => sum + namesOf(peer).length, 0);
}

/**
 * Splits a rule that lists very many namespaces into several equivalent ones, by number of bucket; any other rule stays as it is, in
 * bucket 0.
 */
export function shard(rule: Rule): readonly { readonly rule: Rule; readonly bucket: number }[] {
  const buckets = bucketsFor(namesListedIn(rule) / namesPerBucket);
  if (buckets === 1) return [{ rule, bucket: 0 }];
  const pieces = rule.peers.flatMap((peer) => piecesOf(peer, buckets));
  return [...Map.groupBy(pieces, ({ bucket }) => bucket)].flatMap(([bucket, pieces]) => {
    // Their order must not depend on what is in other buckets.
    const peers = pieces
      .map(({ peer }) => ({ peer, text: canonicalJson(peer) }))
      .sort((a, b) => compareText(a.text, b.text))
      .map(({ peer }) => peer);
    const piece = ruleFor(peers, rule.ports);
    return piece === undefined ? [] : [{ rule: piece, bucket }];
  });
}

function piecesOf(peer: Peer, buckets: number): readonly { readonly peer: Peer; readonly bucket: number }[] {
  const names = namesOf(peer);
  if (names.length === 0) return [{ peer, bucket: 0 }];
  return [...Map.groupBy(names, (name) => bucketOf(name, buckets))].map(([bucket, some]) => ({
    peer: { ...peer, namespaceSelector: namespacesNamed(some) },
    bucket,
  }));
}

function namesOf(peer: Peer): readonly string[] {
  return onlyNamesIn(namespaceSelectorOf(peer) ?? {});
}
