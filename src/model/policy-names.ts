// The names of everything that Ringfence generates, made here and nowhere else.
// A name that is too long is cut with a hash, so that two long names never become one (an outage elsewhere: UDS).
import { hash } from 'node:crypto';
import { canonicalJson, type Direction } from './network-policy.ts';
import { compareText } from './object-key.ts';
import { namePrefix, type Owner } from './policies.ts';
import { type LabelSelector, selectsEverything } from './selectors.ts';

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

/** The name of the temporary policy for some pods; `{}` is every pod. */
export function transitionNameFor(pods: LabelSelector): string {
  return selectsEverything(pods) ? transitionName : `${transitionName}-${digest(canonicalJson(pods))}`;
}

/** Whether a policy of ours is a temporary one, by its name. */
export function isTransitionName(name: string): boolean {
  return name === transitionName || name.startsWith(`${transitionName}-`);
}

/**
 * The name of a policy for openings on the same pods in the same direction. The hash makes it unique: `a` with `b-c` and
 * `a-b` with `c` would be one otherwise.
 *
 * @param owner the kind of the owner: a team may give its profile the stem that the platform uses
 * @param stem whose openings they are
 * @param part tells policies apart where there are more rules than one takes
 */
export function allowPolicyName(
  owner: Owner['kind'],
  stem: string,
  { direction, pods }: { readonly direction: Direction; readonly pods: LabelSelector },
  part: string,
): string {
  const isEgress = direction === 'Egress';
  const [[, label] = ['', 'pods']] = Object.entries(pods.matchLabels ?? {}).sort(([a], [b]) =>
    compareText(a, b),
  );
  const hint =
    label
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-|-$/g, '') || 'pods';
  const tail = `-${digest(JSON.stringify([owner, stem, canonicalJson(pods), part, direction]))}`;
  // Whatever starts as the temporary policy does is taken for one, and deleted.
  const prefix = `${namePrefix}${stem}-`.startsWith(`${transitionName}-`)
    ? `${namePrefix}profile-`
    : namePrefix;
  return withTail(`${prefix}${stem}-${hint}${isEgress ? '-out' : ''}`, tail, maxLength.name);
}

/** The name to use while an object that is not ours has `name`: always the same one for the same name. */
export function secondName(name: string): string {
  const second = `${name}-${digest(name)}`;
  return second.length <= maxLength.name ? second : cut(second, maxLength.name);
}

/**
 * `value` as a label value: itself, or cut with a hash. What looks like a cut one is cut too: else somebody could choose it,
 * and share the label of another.
 */
export function shortenedLabelValue(value: string): string {
  const fits = value.length <= maxLength.label && !looksCut.test(value);
  return fits ? value : cut(value, maxLength.label);
}

/**
 * The name of an Event: another one for each thing that is told of an object.
 *
 * @param regarding the name of the object
 * @param told what tells this Event from every other
 */
export function eventName(regarding: string, told: readonly unknown[]): string {
  const tail = `.${digest(JSON.stringify(told))}`;
  return `${regarding.slice(0, maxLength.name - tail.length).replace(/[-.]+$/, '')}${tail}`;
}

const looksCut = new RegExp(`^.{${maxLength.label - 17}}-[0-9a-v]{16}$`);

/** `text` without its end, and with a hash of all of it. */
function cut(text: string, length: number): string {
  return withTail(text, `-${digest(text)}`, length);
}

/** The name is exactly so long where its beginning has to be cut for that; no `.` or `_` is left beside the `-`. */
function withTail(head: string, tail: string, length: number): string {
  return `${head.slice(0, length - tail.length).replace(/[-._]+$/, ({ length: many }) => '-'.repeat(many))}${tail}`;
}

/**
 * 80 bits of SHA-256, as 16 characters that a DNS name may hold (base32hex of RFC 4648, in lower case). Of 40 bits, a
 * laptop finds two inputs with the same hash in seconds, and whoever names a profile chooses the inputs.
 */
function digest(text: string): string {
  return BigInt(`0x${hash('sha256', text, 'hex').slice(0, 20)}`)
    .toString(32)
    .padStart(16, '0');
}
