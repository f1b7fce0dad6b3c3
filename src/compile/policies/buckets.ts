// Stable buckets: what is too much for one policy is dealt out by a hash, so that what comes or goes changes one bucket of many.
// If buckets were filled one after the other, a new entry would move others from one policy to the next, and between the two
// writes they would be in neither. Must not know what is dealt out, nor why.
import { createHash } from 'node:crypto';
import { canonicalJson, type Peer, type Rule, ruleFor } from '../../model/network-policy.ts';
import { compareText } from '../../model/object-key.ts';
import { namespacesNamed, onlyNamesIn } from '../../model/selectors.ts';

/** So many names of namespaces take some 35 KiB, twice that where they are long; etcd takes 1.5 MiB. */
export const namesPerBucket = 500;

/** How many buckets so many fillings need: a power of two, so that they stay what they are while entries come and go. */
export function bucketsFor(fillings: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, fillings)));
}

/** Which of so many buckets an entry is in hangs on its own text alone. */
export function bucketOf(entry: string, buckets: number): number {
  return buckets === 1 ? 0 : createHash('sha256').update(entry).digest().readUInt32BE() % buckets;
}

/** How many namespaces a rule lists by their names. */
export function namesListedIn({ peers }: Rule): number {
  return peers.reduce((sum, peer) => sum + namesOf(peer).length, 0);
}

/**
 * A rule that lists very many namespaces as several that say the same together, by number of bucket; any other as itself, in
 * bucket 0.
 */
export function shard(rule: Rule): readonly { readonly rule: Rule; readonly bucket: number }[] {
  const buckets = bucketsFor(namesListedIn(rule) / namesPerBucket);
  if (buckets === 1) return [{ rule, bucket: 0 }];
  const pieces = rule.peers.flatMap((peer) => piecesOf(peer, buckets));
  return [...Map.groupBy(pieces, ({ bucket }) => bucket)].flatMap(([bucket, pieces]) => {
    // Their order must not hang on what is in other buckets.
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
  return 'ipBlock' in peer || peer.namespaceSelector === undefined ? [] : onlyNamesIn(peer.namespaceSelector);
}
