// Namespaces, NetworkPolicies and profiles: each reduced on arrival to what is needed of it. A profile that does not decode becomes a
// problem, and is never thrown. Must not know what follows from a fact.
import { isDeepStrictEqual } from 'node:util';
import type { PolicyPeer, PolicyRule, PolicySpec } from '../analyze/facts.ts';
import {
  decodeAppNetworkProfile,
  decodeNetworkPause,
  decodePlatformNetworkProfile,
  type Problem,
  readAskedEgress,
} from '../api/decode.ts';
import { longestPauseMs, networkPauseStatus, pausedBy } from '../api/network-pause.ts';
import { readStatus } from '../kube/object-status.ts';
import { identify, type RawManagedFields, type RawMetadata, type RawObject } from '../kube/resource.ts';
import type { Identified } from '../kube/store.ts';
import { parseWallTime } from '../kube/wall-time.ts';
import { parseStoredCidr } from '../model/ip-ranges.ts';
import { type Direction, directions, fingerprint } from '../model/network-policy.ts';
import { compareText } from '../model/object-key.ts';
import {
  apiVersion,
  type ForeignPolicy,
  isOurs,
  namePrefix,
  type OwnedPolicy,
  profileLabel,
} from '../model/policies.ts';
import { mirrorStem } from '../model/policy-names.ts';
import type { Result } from '../model/result.ts';
import { ruleFingerprints } from '../model/rule-fingerprints.ts';
import { type LabelSelector, namesIn, selectsEverything } from '../model/selectors.ts';
import { foreignMetadata, profileLabelOf } from '../plan/manifest.ts';
import { dnsLabel } from '../routes/schema/text-schema.ts';
import type { NamespaceFacts, PauseFacts, PlatformFacts, ProfileFacts } from '../view/cluster-view.ts';
import { type Kind, sameFacts, specOf } from './kind.ts';
import { networkPolicyObject } from './network-policy-schema.ts';

/** A NetworkPolicy in the cache. */
export type StoredPolicy =
  | ({ readonly ours: true } & OwnedPolicy)
  | ({ readonly ours: false } & ForeignPolicy & Identified);

/** A Namespace in the cache. */
export type StoredNamespace = NamespaceFacts & Identified;

/** A profile in the cache, with its last seen status. */
export type StoredProfile = ProfileFacts & Identified & { readonly status: unknown };

/** The platform profile in the cache, with its last seen status. */
export type StoredPlatform = PlatformFacts & Identified & { readonly status: unknown };

/** A NetworkPause in the cache, with its last seen status. */
export type StoredPause = Omit<PauseFacts, 'isOver'> &
  Identified & {
    readonly terminating: boolean;
    /** Whether the status says that this generation is over. */
    readonly hasExpired: boolean;
    readonly status: unknown;
  };

export const namespaces: Kind<StoredNamespace> = {
  kind: 'Namespace',
  name: 'namespaces',
  path: '/api/v1/namespaces',
  clusterWide: true,
  reduce: (object) => ({
    ...identify(object),
    labels: object.metadata.labels ?? {},
    terminating: object.metadata.deletionTimestamp !== undefined,
  }),
};

export const networkPolicies: Kind<StoredPolicy> = {
  kind: 'NetworkPolicy',
  name: 'networkpolicies.networking.k8s.io',
  path: '/apis/networking.k8s.io/v1/networkpolicies',
  schema: networkPolicyObject,
  writes: ['create', 'update', 'delete'],
  same: samePolicy,
  reduce: readPolicy,
  unreadable: unreadablePolicy,
};

export const appNetworkProfiles: Kind<StoredProfile> = {
  kind: 'AppNetworkProfile',
  name: 'appnetworkprofiles.ringfence.dev',
  path: `/apis/${apiVersion}/appnetworkprofiles`,
  custom: true,
  reportsStatus: true,
  same: sameProfile,
  reduce: (object) => readProfile(object, decodeAppNetworkProfile(withoutStatus(object))),
  unreadable: (object, message) => readProfile(object, unread(message)),
  lost: (known) => ({ ...known, decoded: unread(kindGone) }),
};

export const platformNetworkProfiles: Kind<StoredPlatform> = {
  kind: 'PlatformNetworkProfile',
  name: 'platformnetworkprofiles.ringfence.dev',
  path: `/apis/${apiVersion}/platformnetworkprofiles`,
  clusterWide: true,
  custom: true,
  reportsStatus: true,
  same: sameProfile,
  reduce: (object) => {
    const decoded = decodePlatformNetworkProfile(withoutStatus(object));
    return { ...identifyProfile(object), decoded };
  },
  unreadable: (object, message) => ({ ...identifyProfile(object), decoded: unread(message) }),
  lost: (known) => ({ ...known, decoded: unread(kindGone) }),
};

export const networkPauses: Kind<StoredPause> = {
  kind: 'NetworkPause',
  name: 'networkpauses.ringfence.dev',
  path: `/apis/${apiVersion}/networkpauses`,
  clusterWide: true,
  // An installation of an earlier version does not have it.
  optional: true,
  custom: true,
  reportsStatus: true,
  same: samePause,
  reduce: (object) => readPause(object, decodeNetworkPause(withoutStatus(object))),
  unreadable: (object, message) => readPause(object, unread(message)),
  // Until its end, which is known, it stays in force.
  lost: (known) => known,
};

/** A profile that can't be read for a reason outside of it: its policies stay as they are. */
function unread(why: string): Result<never, readonly Problem[]> {
  return { ok: false, error: [{ code: 'Invalid', path: '', message: why }] };
}

const kindGone = 'the cluster no longer knows its kind, so it is not known whether it exists';

/** Reads a NetworkPolicy. */
export function readPolicy(object: RawObject): StoredPolicy {
  const identity = identify(object);
  const spec = specOf<PolicySpec>(object);
  const isolates = directions.filter((direction) => typesOf(spec).includes(direction));
  const podSelector = spec.podSelector ?? {};
  const { labels = {}, ownerReferences = [], deletionTimestamp } = object.metadata;
  const owner = ownerReferences.find(({ controller }) => controller);
  if (isOurs(identity.name, labels)) {
    return {
      ours: true,
      ...identity,
      ownerUid: owner?.uid ?? '',
      fingerprint: fingerprint(spec),
      isolates,
      podSelector,
      addressRuleFingerprints: blockRulesOf(spec, podSelector),
      mirrors: isMirror(object.metadata) ? namespacesOf(spec) : [],
      beingDeleted: deletionTimestamp !== undefined,
      ...(foreignMetadata(object.metadata) && { hasForeignMetadata: true }),
      ...(labels[profileLabel] !== (owner && profileLabelOf(owner)) && { mislabelled: true }),
      ...foreignEditOf(object.metadata),
    };
  }
  return {
    ours: false,
    ...identity,
    podSelector,
    isolates,
    allowsEveryone: isolates.filter((direction) => rulesOf(spec, direction).some(isOpen)),
    ...(owner?.apiVersion === apiVersion && { unlabelled: true }),
  };
}

/**
 * A policy that a bug in our decoder keeps us from understanding. It is assumed to isolate every pod and to allow
 * nothing, so that nothing is opened because of it; one of ours is written again if it is desired.
 */
function unreadablePolicy(object: RawObject): StoredPolicy {
  const policy = readPolicy({ metadata: object.metadata });
  return policy.ours
    ? { ...policy, fingerprint: '', isolates: directions, podSelector: {} }
    : { ...policy, isolates: directions, podSelector: {}, allowsEveryone: [] };
}

/** The API server knows us by this name: the part before the `/` in our user agent. */
const ourManager = 'ringfence';

/**
 * The last edit of the content of our policy, if somebody else made it. Most policies have none, and a controller that only
 * marks each policy with an annotation or a finalizer makes none: these are not kept. Times are in whole seconds, so
 * of two edits at the same time, somebody else's counts as the last.
 */
function foreignEditOf({ managedFields }: RawMetadata): Pick<OwnedPolicy, 'foreignEdit'> {
  if (!Array.isArray(managedFields)) return {};
  const entries: readonly RawManagedFields[] = managedFields;
  const edits = entries.filter(saysWhatWeSay).map(({ manager = '', operation = '', time = '' }) => ({
    manager,
    operation,
    time,
  }));
  const [last] = edits.sort(
    (a, b) =>
      compareText(b.time, a.time) || Number(a.manager === ourManager) - Number(b.manager === ourManager),
  );
  return last === undefined || last.manager === ourManager ? {} : { foreignEdit: last };
}

/** The names of fields have the form `f:spec` there (`FieldsV1` of meta/v1). */
function saysWhatWeSay({ fieldsV1 }: RawManagedFields): boolean {
  const fields = fieldsV1 ?? {};
  return fields['f:spec'] !== undefined || Object.hasOwn(Object(fields['f:metadata']), 'f:ownerReferences');
}

/** Only a policy of the platform: a team may give its profile the name prefix of mirrors. */
function isMirror({ name, labels = {} }: RawObject['metadata']): boolean {
  return name.startsWith(`${namePrefix}${mirrorStem}-`) && labels[profileLabel] === undefined;
}

function namespacesOf({ egress = [] }: Partial<PolicySpec>): readonly string[] {
  const peers = egress.flatMap(({ to }) => to ?? []);
  return [...new Set(peers.flatMap(({ namespaceSelector = {} }) => namesIn(namespaceSelector)))];
}

function blockRulesOf(spec: Partial<PolicySpec>, pods: LabelSelector): readonly string[] {
  return directions.flatMap((direction) =>
    rulesOf(spec, direction).flatMap(({ from, to, ports }) =>
      ruleFingerprints({ pods, direction, peers: from ?? to ?? [], ports }),
    ),
  );
}

/** If `policyTypes` is absent, it includes Ingress, and Egress if there are egress rules (networking/v1 docs). */
function typesOf(spec: Partial<PolicySpec>): readonly Direction[] {
  if (spec.policyTypes !== undefined && spec.policyTypes.length > 0) return spec.policyTypes;
  return (spec.egress ?? []).length > 0 ? directions : ['Ingress'];
}

function rulesOf(spec: Partial<PolicySpec>, direction: Direction): readonly PolicyRule[] {
  return (direction === 'Ingress' ? spec.ingress : spec.egress) ?? [];
}

/** An empty or absent list of peers means everyone, one of ports every port (networking/v1 docs). */
function isOpen({ from, to, ports }: PolicyRule): boolean {
  const peers = [...(from ?? []), ...(to ?? [])];
  return (ports ?? []).length === 0 && (peers.length === 0 || peers.some(isEveryone));
}

/** Every pod of every namespace, or every address of a family: CNIs disagree about which of them is which. */
function isEveryone({ namespaceSelector, podSelector = {}, ipBlock }: PolicyPeer): boolean {
  if (ipBlock) return isWholeFamily(ipBlock.cidr) && (ipBlock.except ?? []).length === 0;
  return namespaceSelector ? selectsEverything(namespaceSelector) && selectsEverything(podSelector) : false;
}

function isWholeFamily(cidr: string): boolean {
  const range = parseStoredCidr(cidr);
  return range.ok && range.value.prefix === 0;
}

/** A profile is what people declare: the content of its status, which is ours, can't make it invalid. */
function withoutStatus({ status: _, ...declared }: RawObject): object {
  return declared;
}

function readProfile(object: RawObject, decoded: StoredProfile['decoded']): StoredProfile {
  const { creationTimestamp: created } = object.metadata;
  return { ...identifyProfile(object), created, egress: readAskedEgress(object), decoded };
}

function readPause(object: RawObject, decoded: StoredPause['decoded']): StoredPause {
  const identity = identifyProfile(object);
  const created = parseWallTime(object.metadata.creationTimestamp);
  const until = decoded.ok ? parseWallTime(decoded.value.spec.until) : undefined;
  const { state, observedGeneration } = readStatus(networkPauseStatus, object.status);
  const paused = dnsLabel().safeParse((object.spec as { readonly namespace?: unknown } | null)?.namespace);
  return {
    ...identity,
    decoded,
    // The name of a namespace is a key of the queue.
    paused: paused.success ? paused.data : '',
    by: pausedBy(object.metadata.annotations),
    isLong: created !== undefined && until !== undefined && until - created > longestPauseMs,
    hasExpired: state === 'Expired' && observedGeneration === identity.generation,
  };
}

function samePause(a: StoredPause, b: StoredPause): boolean {
  return a.hasExpired === b.hasExpired && a.by === b.by && sameProfile(a, b);
}

function identifyProfile(object: RawObject) {
  return {
    ...identify(object),
    generation: object.metadata.generation ?? 0,
    terminating: object.metadata.deletionTimestamp !== undefined,
    status: object.status,
  };
}

/** A replacement keeps what others add to our policies; apart from that it does not matter. */
function samePolicy(a: StoredPolicy, b: StoredPolicy): boolean {
  const { hasForeignMetadata: _a, ...left } = { hasForeignMetadata: undefined, ...a };
  const { hasForeignMetadata: _b, ...right } = { hasForeignMetadata: undefined, ...b };
  return sameFacts<Identified>(left, right);
}

/** What people declare. */
type Declared = StoredProfile | StoredPlatform | StoredPause;

/**
 * Their status, which we write ourselves, and labels, which nothing uses, do not matter. Their spec is compared, too:
 * after a restore of etcd, and after a CRD has changed, the same generation may have another spec.
 */
function sameProfile(a: Declared, b: Declared): boolean {
  return (
    a.generation === b.generation &&
    a.terminating === b.terminating &&
    isDeepStrictEqual(declaredBy(a), declaredBy(b))
  );
}

/** Without its metadata: each write of a status changes their version. */
function declaredBy({ decoded }: Declared): unknown {
  return decoded.ok ? decoded.value.spec : decoded.error;
}
