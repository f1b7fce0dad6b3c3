// The compiler: the facts of the cluster in, the policies and findings of a namespace out.
// Pure and stateless: the same view gives the same policies, in the same order. Never reads old policies.

import type { EgressMode, Enforcement } from '../api/egress.ts';
import type { Finding } from '../model/findings.ts';
import type { Direction } from '../model/network-policy.ts';
import { compareKeys, compareText, distinct, type ObjectKey } from '../model/object-key.ts';
import type { DesiredPolicy, Owner, WithheldRule } from '../model/policies.ts';
import type { ClusterView, NamespaceFacts, PlatformFacts, ProfileFacts } from '../view/cluster-view.ts';
import { Compilation, type PlainNamespace, type ReadPlatform } from './compilation.ts';
import { dnsOutage } from './dns-outage.ts';
import { egressFindings } from './egress.ts';
import { exposurePolicies } from './exposures.ts';
import { discoveryFindings, platformFindings, profileFindings } from './findings.ts';
import { gatewayFindings } from './gateway-namespaces.ts';
import { type ForbiddenAmong, forbiddenBy } from './lasting-rules.ts';
import type { Membership, Outside } from './membership.ts';
import { capOfAll, capOfPair } from './mirror-caps.ts';
import { mirrorPolicies } from './mirror-policies.ts';
import { type MirrorsBeyond, mirrorsBeyond, mirrorsInto } from './mirrors-across.ts';
import { outageFindings, wideRouteFindings } from './outages.ts';
import { type CompiledProfile, compileProfiles, openingsOf } from './profiles.ts';
import { ringPolicies } from './ring.ts';
import type { KnownWorld } from './world.ts';

export type { ReadPlatform } from './compilation.ts';

/** What the compiler makes of one namespace. */
export interface CompiledNamespace {
  readonly namespace: string;
  /** How far to go; absent for a namespace that is not ringed. */
  readonly enforcement: Enforcement | undefined;
  /** Why the namespace is not ringed. */
  readonly outside: Outside | undefined;
  /** The strictest of the platform's and the profiles' modes. */
  readonly egress: EgressMode;
  /** What is written where the enforcement is Enforce, and would be where it is DryRun. Ordered by name. */
  readonly policies: readonly DesiredPolicy[];
  /** What is not written for lack of a fact, and stays where it is enforced already. */
  readonly withheld: readonly WithheldRule[];
  /** Ordered by name; without routes where the namespace is not ringed. */
  readonly profiles: readonly CompiledProfile[];
  /** UIDs of profiles, also of the platform's, whose policies stay as they are, because a profile doesn't decode. */
  readonly frozenOwners: ReadonlySet<string>;
  /** Profiles elsewhere that don't decode: what of them is mirrored here stays as it is. */
  readonly frozenMirrors: readonly ObjectKey[];
  /** What guardrails forbid of what stays; absent where there are none. */
  readonly forbidden: ForbiddenAmong | undefined;
  /** Directions that are not fenced: nothing stays as it is in them, because it would isolate its pods. */
  readonly thawed: readonly Direction[];
  readonly findings: readonly Finding[];
}

/** What the compiler makes of the whole cluster. */
export interface Compiled {
  /** Ordered by name. */
  readonly namespaces: readonly CompiledNamespace[];
  readonly policies: readonly DesiredPolicy[];
  readonly findings: readonly Finding[];
}

/**
 * Compiles every namespace of the view that is not on its way out. Without a platform profile, or with one that doesn't decode, there is nothing
 * to compile: see `PlatformFacts`.
 */
export function compile(view: ClusterView): Compiled {
  const { platform } = view;
  if (platform === undefined) return { namespaces: [], policies: [], findings: [] };
  if (!isRead(platform)) return { namespaces: [], policies: [], findings: platformFindings(platform) };
  const run = new Compilation(view, platform);
  const namespaces = [...view.namespaces.values()]
    .filter(({ terminating }) => !terminating)
    .sort((a, b) => compareText(a.name, b.name))
    .map((namespace) => compileOne(run, run.plain(namespace)));
  return {
    namespaces,
    policies: namespaces.flatMap((namespace) => namespace.policies),
    findings: [
      ...platformFindings(platform),
      ...discoveryFindings(view, platform.decoded.value.spec),
      ...namespaces.flatMap((namespace) => namespace.findings),
    ],
  };
}

/**
 * Compiles one namespace: its ring, what is exposed of it, and the routes of its profiles. It depends on nothing but the view.
 *
 * @param known keeps from one namespace to the next what is the same for all
 */
export function compileNamespace(
  view: ClusterView,
  platform: ReadPlatform,
  namespace: NamespaceFacts,
  known?: KnownWorld,
): CompiledNamespace {
  const run = new Compilation(view, platform, known);
  return compileOne(run, run.plain(namespace));
}

function compileOne(run: Compilation, plain: PlainNamespace): CompiledNamespace {
  const { facts, membership, egress } = plain;
  const profiles = plain.profiles.map(({ profile }) => profile);
  const compiled = compileProfiles(run, plain);
  const common = {
    namespace: facts.name,
    enforcement: membership.inside ? membership.enforcement : undefined,
    outside: membership.inside ? undefined : membership.why,
    egress: egress.mode,
    profiles: compiled,
    frozenOwners: frozenOwnersOf(run.platform, membership, profiles),
    frozenMirrors: frozenMirrorsOf(run, plain),
    forbidden: forbiddenIn(plain),
    thawed: membership.inside && egress.mode === 'Unrestricted' ? (['Egress'] as const) : [],
  };
  const findings = [
    ...profiles.flatMap((profile) => profileFindings(profile)),
    ...gatewayFindings(run.view, run.spec, facts.name),
  ];
  if (!plain.isCompiled) return { ...common, policies: [], withheld: [], findings };
  const exposed = run.exposures(plain);
  const owner = ownerOf(run.platform);
  const routed = compiled.flatMap(openingsOf);
  return {
    ...common,
    policies: distinct([
      ...ringPolicies(facts.name, run.spec, owner, egress, run.world),
      ...exposurePolicies(facts.name, owner, exposed.openings),
      ...compiled.flatMap(({ policies }) => policies),
      ...mirrorPolicies(facts.name, owner, mirrorsInto(run, plain)),
    ]).toSorted(compareKeys),
    withheld: compiled.flatMap(({ withheld }) => withheld),
    findings: [
      ...findings,
      ...exposed.findings,
      ...outageFindings(run.view, plain.around, { exposed: exposed.openings, routed }, exposed.unserved),
      ...dnsOutage(facts.name, run.world, routed),
      ...wideRouteFindings(compiled),
      ...cappedFindings(facts.name, mirrorsBeyond(run, plain)),
      ...egressFindings(facts, egress, profiles, membership.egress, run.world),
    ],
  };
}

/** What others would have written here and have not, because it is too much. */
function cappedFindings(namespace: string, { routes, exposers }: MirrorsBeyond): readonly Finding[] {
  const subject = { kind: 'Namespace', name: namespace } as const;
  const [route] = routes;
  const [exposer] = exposers;
  const ofRoutes: Finding | undefined =
    route === undefined
      ? undefined
      : {
          code: 'MirrorsCapped',
          subject,
          message: `mirrors of the routes of other namespaces would come to more than ${capOfAll.policies} policies or ${capOfAll.bytes / 1_000_000} MB in \`${namespace}\`: ${routes.length} are left out, the first \`${route}\``,
          hint: `declare the ways out that are needed in a profile in \`${namespace}\`, or let those namespaces name fewer different pods`,
        };
  const ofExposures: Finding | undefined =
    exposer === undefined
      ? undefined
      : {
          code: 'MirrorsCapped',
          subject,
          message: `mirrors of what one namespace exposes would come to more than ${capOfPair.bytes / 1000} KB in \`${namespace}\`: ${exposers.length === 1 ? 'one object is' : `${exposers.length} objects are`} left out, the first \`${exposer}\``,
          hint: `declare the ways out that are needed in a profile in \`${namespace}\`, or let fewer objects expose pods there, of Services with shorter selectors`,
        };
  return [ofRoutes, ofExposures].filter((finding) => finding !== undefined);
}

/** Whether the platform profile decodes. */
export function isRead(platform: PlatformFacts): platform is ReadPlatform {
  return platform.decoded.ok;
}

/** The platform profile as the owner of what is generated from it. */
export function ownerOf(platform: PlatformFacts): Owner {
  return { kind: 'PlatformNetworkProfile', name: platform.name, uid: platform.uid };
}

/**
 * Whose policies stay as they are: those of the profiles that don't decode. Where nothing is enforced there is nothing to
 * keep, whatever a profile says: what it owns would go on isolating pods when the platform's allowances are gone.
 */
function frozenOwnersOf(
  platform: PlatformFacts,
  membership: Membership,
  profiles: readonly ProfileFacts[],
): ReadonlySet<string> {
  const unread = profiles.filter(({ decoded }) => !decoded.ok).map(({ uid }) => uid);
  if (unread.length === 0 || membership.enforcement !== 'Enforce') return new Set();
  if (membership.inside) return new Set(unread);
  // Whether a system namespace has a ring hangs on its profiles: while none can be read, the ring stays as it is too.
  return new Set(membership.why === 'NoProfileYet' ? [...unread, platform.uid] : []);
}

/** Where mirrors are written, those of profiles that don't decode stay, while their namespaces are ringed. */
function frozenMirrorsOf(run: Compilation, { membership, egress }: PlainNamespace): readonly ObjectKey[] {
  if (membership.enforcement !== 'Enforce' || egress.mode !== 'Restricted') return [];
  return [...run.view.routeLinks.unread()]
    .filter(({ namespace }) => run.find(namespace)?.isCompiled)
    .sort(compareKeys);
}

function forbiddenIn({ guardrails, membership, around }: PlainNamespace): ForbiddenAmong | undefined {
  const ends = membership.rule?.allow?.ends;
  return guardrails && ends && forbiddenBy(guardrails, ends, around);
}
