// Which policies stay because a profile does not decode: its own, and its mirrors elsewhere; and which parts of them
// do not, because guardrails forbid them today, or because their origin can be read and no longer asks for them.
// Must not know why a profile doesn't decode, nor what guardrails are.
import type { FindForbiddenPeers, FrozenPeer } from '../compile/local/frozen-peers.ts';
import { aboutPolicy, type Finding } from '../model/findings.ts';
import {
  allowing,
  type Direction,
  fingerprint,
  type NonEmpty,
  namespaceSelectorOf,
  nonEmpty,
  type Peer,
  type Rule,
  ruleFor,
} from '../model/network-policy.ts';
import { compareKeys, formatKey, type ObjectKey } from '../model/object-key.ts';
import type { DesiredPolicy, OwnedPolicy, StoredContent, StoredRule } from '../model/policies.ts';
import { isPauseName, secondName } from '../model/policy-names.ts';
import { namespacesNamed, onlyNamesIn } from '../model/selectors.ts';

/** The owners whose policies stay: see `CompiledNamespace`. */
export interface Freeze {
  readonly frozenOwners: ReadonlySet<string>;
  readonly frozenMirrors: readonly ObjectKey[];
  readonly unfrozen: readonly Direction[];
  /** What guardrails forbid today; absent: nothing. */
  readonly forbidden?: FindForbiddenPeers | undefined;
  /** The content of the policies that stay, by name: see `contentsNeeded`. A policy with unknown content stays completely. */
  readonly contents?: ReadonlyMap<string, StoredContent> | undefined;
  /** Whether nothing is pruned, because the platform profile can't be read now. */
  readonly keepsAll?: boolean;
}

/** The policies of a namespace that stay, fully or partly. */
export interface Frozen {
  has(policy: OwnedPolicy): boolean;
  /**
   * The names of mirrors among them: one may mirror more namespaces than the frozen one. The mirrors of these namespaces are written
   * beside it under its second name, and follow there.
   */
  readonly mirrorNames: ReadonlySet<string>;
  /** The remaining policies of those that lose some of their rules. */
  readonly narrowed: readonly DesiredPolicy[];
  readonly findings: readonly Finding[];
}

/** The policies whose content the plan needs. */
export function contentsNeeded(
  owned: readonly OwnedPolicy[],
  desired: readonly DesiredPolicy[],
  freeze: Freeze,
): readonly OwnedPolicy[] {
  const { owners, mirrors } = candidates(owned, desired, freeze);
  return [...(freeze.forbidden === undefined ? [] : owners), ...mirrors];
}

/** Finds what stays. A mirror that equals the desired one is not among it: it stays anyway. */
export function frozenAmong(
  owned: readonly OwnedPolicy[],
  desired: readonly DesiredPolicy[],
  freeze: Freeze,
): Frozen {
  const { owners, mirrors } = candidates(owned, desired, freeze);
  const { removed, narrowed, findings } = remainingParts([...owners, ...mirrors], freeze);
  const beside = new Set(mirrors.map(({ name }) => secondName(name)));
  const isKept = ({ name }: OwnedPolicy) => !removed.has(name);
  const mirrorNames = new Set(
    mirrors.filter((policy) => isKept(policy) && !beside.has(policy.name)).map(({ name }) => name),
  );
  const ownedNames = new Set(owners.filter(isKept).map(({ name }) => name));
  const has = ({ name }: ObjectKey) => ownedNames.has(name) || mirrorNames.has(name);
  return { has, mirrorNames, narrowed: narrowed.filter(has), findings };
}

function candidates(
  owned: readonly OwnedPolicy[],
  desired: readonly DesiredPolicy[],
  { frozenOwners, frozenMirrors, unfrozen }: Freeze,
) {
  const namespaces = new Set(frozenMirrors.map(({ namespace }) => namespace));
  const isDesired = ({ name, fingerprint: stored }: OwnedPolicy) =>
    desired.some((policy) => policy.name === name && fingerprint(policy.spec) === stored);
  return {
    owners: owned.filter(
      ({ name, ownerUid, isolates }) =>
        // A pause ends on time, whatever can't be read.
        !isPauseName(name) &&
        frozenOwners.has(ownerUid) &&
        !isolates.some((direction) => unfrozen.includes(direction)),
    ),
    mirrors: owned.filter(
      (policy) => policy.mirrors.some((namespace) => namespaces.has(namespace)) && !isDesired(policy),
    ),
  };
}

/** The remaining parts of some policies, all of one namespace. */
function remainingParts(policies: readonly OwnedPolicy[], freeze: Freeze) {
  const known = policies.toSorted(compareKeys).flatMap((policy) => {
    const content = freeze.contents?.get(policy.name);
    // A deny has no rules to lose.
    if (content === undefined || content.rules.length === 0) return [];
    const requested = stillRequested(policy, content, freeze.frozenMirrors);
    return [{ policy, content, rules: requested.map((rule) => ({ rule, peers: peersOf(rule, content) })) }];
  });
  const all = known.flatMap(({ rules }) => rules.flatMap(({ peers }) => peers));
  const forbidden = freeze.forbidden?.(all) ?? new Set<FrozenPeer>();
  const remaining = known.map(({ policy, content, rules }) => ({
    policy,
    content,
    rules: rules.flatMap(({ rule, peers }) => withoutForbidden(rule, peers, forbidden)),
    losesPeers: rules.some(({ peers }) => peers.some((peer) => forbidden.has(peer))),
  }));
  return {
    /** The names of those of which nothing remains. */
    removed: new Set(remaining.filter(({ rules }) => rules.length === 0).map(({ policy }) => policy.name)),
    narrowed: remaining.flatMap(({ policy, content, rules }) => narrowedPolicy(policy, content, rules)),
    findings: remaining.filter(({ losesPeers }) => losesPeers).map(({ policy }) => frozenFinding(policy)),
  };
}

/** A policy that loses some of its rules, but not all. */
function narrowedPolicy(
  policy: OwnedPolicy,
  content: StoredContent,
  rules: readonly StoredRule[],
): readonly DesiredPolicy[] {
  const some = nonEmpty(rules);
  const isSame = rules.length === content.rules.length && rules.every((rule) => content.rules.includes(rule));
  // If a rule for everyone stays, removing another rule narrows nothing.
  const isForEveryone = rules.some(({ peers }) => peers.length === 0);
  return some === undefined || isSame || isForEveryone ? [] : [policyOf(policy, content, some)];
}

/**
 * Of a mirror, the rules of profiles that can't be read stay; of any other policy, all rules. A rule leads to all the namespaces with its
 * origins: of these, those stay in which a profile can't be read.
 */
function stillRequested(
  { mirrors }: OwnedPolicy,
  { rules }: StoredContent,
  unread: readonly ObjectKey[],
): readonly StoredRule[] {
  if (mirrors.length === 0) return rules;
  return rules.flatMap((rule) => {
    if (rule.origins === undefined) return [rule];
    const isAskedBy = (key: ObjectKey) =>
      rule.origins?.some((origin) => origin.startsWith(`${formatKey(key)}/`));
    const places = new Set(unread.filter(isAskedBy).map(({ namespace }) => namespace));
    const peers = places.size === 0 ? [] : rule.peers.flatMap((peer) => restrictedTo(peer, places));
    if (peers.length === 0) return [];
    return [peers.every((peer) => rule.peers.includes(peer)) ? rule : { ...rule, peers }];
  });
}

/** The peer, restricted to namespaces among `places`; a peer without namespaces stays. */
function restrictedTo(peer: Peer, places: ReadonlySet<string>): readonly Peer[] {
  const names = onlyNamesIn(namespaceSelectorOf(peer) ?? {});
  const staying = names.filter((name) => places.has(name));
  if (names.length === staying.length) return [peer];
  return staying.length === 0 ? [] : [{ ...peer, namespaceSelector: namespacesNamed(staying) }];
}

function peersOf(
  { peers, ports, discoveredFor }: StoredRule,
  { direction, pods }: StoredContent,
): readonly FrozenPeer[] {
  const about = { direction, pods, ports, discoveredFor };
  return peers.length === 0 ? [{ ...about, peer: undefined }] : peers.map((peer) => ({ ...about, peer }));
}

function withoutForbidden(
  rule: StoredRule,
  peersOfRule: readonly FrozenPeer[],
  forbidden: ReadonlySet<FrozenPeer>,
): readonly StoredRule[] {
  const staying = peersOfRule.filter((peer) => !forbidden.has(peer));
  if (staying.length === peersOfRule.length) return [rule];
  const peers = staying.flatMap(({ peer }) => peer ?? []);
  return peers.length === 0 ? [] : [{ ...rule, peers }];
}

function policyOf(
  { namespace, name }: OwnedPolicy,
  { owner, description, pods, direction }: StoredContent,
  rules: NonEmpty<StoredRule>,
): DesiredPolicy {
  const [first, ...rest] = rules;
  const found = rules.flatMap(({ discoveredFor }, index) =>
    discoveredFor === undefined ? [] : [[index, discoveredFor] as const],
  );
  return {
    ...{ namespace, name, owner, description },
    origins: rules.map(({ origins = [] }) => origins),
    ...(found.length === 0 ? {} : { discoveredFor: Object.fromEntries(found) }),
    spec: allowing(pods, direction, [ruleOf(first), ...rest.map(ruleOf)]),
  };
}

/** @throws if no peer remains: an empty list would mean everyone, and a rule for everyone is not narrowed */
function ruleOf({ peers, ports }: StoredRule): Rule {
  const rule = ruleFor(peers, nonEmpty(ports));
  if (rule === undefined) throw new Error('a rule for everyone stays as it is, or goes');
  return rule;
}

function frozenFinding({ namespace, name }: OwnedPolicy): Finding {
  return aboutPolicy({ namespace, name }, 'FrozenBeyondGuardrails', {
    message:
      'it belongs to a profile that cannot be read, and loses what the guardrails of the platform profile forbid',
    hint: 'fix the profile: its routes are judged again when it can be read',
  });
}
