// The names of everything that Ringfence generates. Only this file makes them.
// A name that is too long is cut and gets a hash, so that two long names never become one (which caused an outage in UDS).
import { hash } from 'node:crypto';
import { canonicalJson, type Direction } from './network-policy.ts';
import { compareText } from './object-key.ts';
import { namePrefix, type Owner } from './policies.ts';
import { type LabelSelector, selectsEverything } from './selectors.ts';

/** Object names are DNS subdomains of at most this many characters; label values of at most 63. */
export const maxLength = { name: 253, label: 63 } as const;

/** The ring's deny policy for one direction. */
export const denyNames = {
  Ingress: `${namePrefix}default-deny-ingress`,
  Egress: `${namePrefix}default-deny-egress`,
} as const;

/** Lets the monitoring systems of the platform profile scrape. */
export const monitoringName = `${namePrefix}monitoring`;

/** Allows every pod to query the cluster's DNS. */
export const dnsName = `${namePrefix}dns`;

/** Allows every pod to reach everything inside the cluster. */
export const clusterName = `${namePrefix}cluster`;

/** The prefix of the names of policies that mirror ingress rules of other namespaces. */
export const mirrorStem = 'mirror';

/** Allows everything while a live namespace is closed or opened; never exists for long. */
export const transitionName = `${namePrefix}transition`;

/** Allows everything while a namespace is paused. */
export const pauseName = `${namePrefix}pause`;

/** The names that the policy of a pause can have: the second one is for when somebody else has taken the first. */
export const pauseNames: readonly string[] = [pauseName, secondName(pauseName)];

/** Whether a policy of ours is that of a pause, by its name. No other policy of ours can have it. */
export function isPauseName(name: string): boolean {
  return pauseNames.includes(name);
}

/** The name of the temporary policy for some pods; `{}` is every pod. */
export function transitionNameFor(pods: LabelSelector): string {
  return selectsEverything(pods) ? transitionName : `${transitionName}-${digest(canonicalJson(pods))}`;
}

/** Whether a policy of ours is a temporary one, by its name. */
export function isTransitionName(name: string): boolean {
  return name === transitionName || name.startsWith(`${transitionName}-`);
}

/**
 * The name of a policy with allow rules for the same pods in the same direction. The hash makes it unique: otherwise `a` with `b-c`
 * and `a-b` with `c` would have the same name.
 *
 * @param owner the kind of the owner: a team may give its profile the stem that the platform uses
 * @param stem whose allow rules they are
 * @param part distinguishes policies if there are more rules than one policy takes
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
  // A name that starts like the temporary policy's would be treated as temporary, and deleted.
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
 * `value` as a label value: itself, or cut with a hash. A value that looks like a cut one is cut too: otherwise somebody could choose
 * it, and share the label of another profile.
 */
export function shortenedLabelValue(value: string): string {
  const fits = value.length <= maxLength.label && !looksCut.test(value);
  return fits ? value : cut(value, maxLength.label);
}

/**
 * The name of an Event: a different one for each report about an object.
 *
 * @param regarding the name of the object
 * @param identity what distinguishes this Event from every other
 */
export function eventName(regarding: string, identity: readonly unknown[]): string {
  const tail = `.${digest(JSON.stringify(identity))}`;
  return `${regarding.slice(0, maxLength.name - tail.length).replace(/[-.]+$/, '')}${tail}`;
}

const looksCut = new RegExp(`^.{${maxLength.label - 17}}-[0-9a-v]{16}$`);

/** `text` without its end, and with a hash of all of it. */
function cut(text: string, length: number): string {
  return withTail(text, `-${digest(text)}`, length);
}

/** If the beginning has to be cut, the name has exactly this length; no `.` or `_` is left before the `-`. */
function withTail(head: string, tail: string, length: number): string {
  return `${head.slice(0, length - tail.length).replace(/[-._]+$/, ({ length: many }) => '-'.repeat(many))}${tail}`;
}

/**
 * 80 bits of SHA-256, as 16 characters that a DNS name may contain (base32hex of RFC 4648, in lower case). With 40 bits, a
 * laptop finds two inputs with the same hash in seconds, and the author of a profile chooses the inputs.
 */
function digest(text: string): string {
  return BigInt(`0x${hash('sha256', text, 'hex').slice(0, 20)}`)
    .toString(32)
    .padStart(16, '0');
}
