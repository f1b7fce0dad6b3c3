// The names of everything that Ringfence generates, made here and nowhere else.
// A name that is too long is cut with a hash, so that two long names never become one (an outage elsewhere: UDS).
import { createHash } from 'node:crypto';
import { canonicalJson, type Direction } from '../model/network-policy.ts';
import { compareText } from '../model/object-key.ts';
import { namePrefix, type Owner } from '../model/policies.ts';
import type { LabelSelector } from '../model/selectors.ts';

/** Object names are DNS subdomains of at most this many characters; label values of at most 63. */
export const maxLength = { name: 253, label: 63 } as const;

/** The ring's deny policy of one direction. */
export const denyNames = {
  Ingress: `${namePrefix}default-deny-ingress`,
  Egress: `${namePrefix}default-deny-egress`,
} as const;

/** Lets the monitoring systems of the platform profile scrape. */
export const monitoringName = `${namePrefix}monitoring`;

/** Lets every pod ask the cluster's DNS. */
export const dnsName = `${namePrefix}dns`;

/** Lets every pod reach everything inside the cluster. */
export const clusterName = `${namePrefix}cluster`;

/** Comes first in the names of policies that mirror what other namespaces let in. */
export const mirrorStem = 'mirror';

/** Allows everything while a live namespace is being closed or opened; never there for long. */
export const transitionName = `${namePrefix}transition`;

/**
 * The name of a policy for openings on the same pods in the same direction. The hash makes it unique: `a` with `b-c` and
 * `a-b` with `c` would be one otherwise.
 *
 * @param owner the kind of the owner: a team may give its profile the stem that the platform uses
 * @param stem whose openings they are
 * @param part tells policies apart where there are more rules than one takes
 */
export function openingName(
  owner: Owner['kind'],
  stem: string,
  { direction, pods }: { readonly direction: Direction; readonly pods: LabelSelector },
  part: string,
): string {
  const isWayOut = direction === 'Egress';
  const [[, label] = ['', 'pods']] = Object.entries(pods.matchLabels ?? {}).sort(([a], [b]) =>
    compareText(a, b),
  );
  const hint =
    label
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-|-$/g, '') || 'pods';
  const tail = hash(JSON.stringify([owner, stem, canonicalJson(pods), part, ...(isWayOut ? ['out'] : [])]));
  // Whatever starts as the temporary policy does is taken for one, and deleted.
  const prefix = `${namePrefix}${stem}-`.startsWith(`${transitionName}-`)
    ? `${namePrefix}profile-`
    : namePrefix;
  const head = `${prefix}${stem}-${hint}${isWayOut ? '-out' : ''}`.slice(0, maxLength.name - tail.length - 1);
  return `${head.replace(/[-._]+$/, '')}-${tail}`;
}

/** The name to use while an object that is not ours has `name`: always the same one for the same name. */
export function secondName(name: string): string {
  return cut(`${name}-${hash(name)}`, maxLength.name);
}

/** `value` as a label value: itself, or cut with a hash. */
export function labelValue(value: string): string {
  return cut(value, maxLength.label);
}

function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const tail = hash(text);
  return `${text.slice(0, length - tail.length - 1).replace(/[-._]+$/, '')}-${tail}`;
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 10);
}
