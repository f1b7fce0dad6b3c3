// The compiler: the facts of the cluster in, the policies and findings of a namespace out.
// Pure and stateless: the same view gives the same policies, in the same order. Never reads old policies.
import type { ClusterView, NamespaceFacts, PlatformFacts, ProfileFacts } from '../api/cluster-view.ts';
import { type EgressMode, type Enforcement, egressModes } from '../api/egress.ts';
import type { Finding } from '../model/findings.ts';
import { compareKeys, compareText } from '../model/object-key.ts';
import type { DesiredPolicy, Owner } from '../model/policies.ts';
import { exposurePolicies, exposuresOf } from './exposures.ts';
import { discoveryFindings, platformFindings, profileFindings } from './findings.ts';
import { type Membership, membershipOf, type Outside } from './membership.ts';
import { outageFindings, wideRouteFindings } from './outages.ts';
import { type CompiledProfile, compileProfiles, openingsOf } from './profiles.ts';
import { ringPolicies } from './ring.ts';

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
  /** Ordered by name; without routes where the namespace is not ringed. */
  readonly profiles: readonly CompiledProfile[];
  /** UIDs of profiles, also of the platform's, whose policies stay as they are, because a profile doesn't decode. */
  readonly frozenOwners: ReadonlySet<string>;
  readonly findings: readonly Finding[];
}

/** What the compiler makes of the whole cluster. */
export interface Compiled {
  /** Ordered by name. */
  readonly namespaces: readonly CompiledNamespace[];
  readonly policies: readonly DesiredPolicy[];
  readonly findings: readonly Finding[];
}

/** A platform profile that decodes. */
export type ReadPlatform = PlatformFacts & { readonly decoded: { readonly ok: true } };

/**
 * Compiles every namespace of the view that is not on its way out. Without a platform profile, or with one that doesn't decode, there is nothing
 * to compile: see `PlatformFacts`.
 */
export function compile(view: ClusterView): Compiled {
  const { platform } = view;
  if (platform === undefined) return { namespaces: [], policies: [], findings: [] };
  if (!isRead(platform)) return { namespaces: [], policies: [], findings: platformFindings(platform) };
  const namespaces = [...view.namespaces.values()]
    .filter(({ terminating }) => !terminating)
    .sort((a, b) => compareText(a.name, b.name))
    .map((namespace) => compileNamespace(view, platform, namespace));
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

/** Compiles one namespace: its ring, what is exposed of it, and the routes of its profiles. It depends on nothing but the view. */
export function compileNamespace(
  view: ClusterView,
  platform: ReadPlatform,
  namespace: NamespaceFacts,
): CompiledNamespace {
  const spec = platform.decoded.value.spec;
  const profiles = [...(view.profiles.get(namespace.name)?.values() ?? [])].sort(compareKeys);
  const membership = membershipOf(view, spec, namespace);
  const frozenOwners = frozenOwnersOf(platform, membership, profiles);
  const findings = profiles.flatMap((profile) => profileFindings(profile));
  const common = { namespace: namespace.name, frozenOwners };
  if (!membership.inside || membership.enforcement === 'Off') {
    const outside = membership.inside ? undefined : membership.why;
    const enforcement = membership.inside ? membership.enforcement : undefined;
    const uncompiled = profiles.map((profile) => ({ profile, routes: [], policies: [] }));
    return {
      ...common,
      enforcement,
      outside,
      egress: 'Unrestricted',
      policies: [],
      profiles: uncompiled,
      findings,
    };
  }
  const compiled = compileProfiles(view, spec, namespace, profiles);
  const exposed = exposuresOf(view, spec, namespace.name);
  const egress = strictest([membership.egress, ...tightenings(profiles)]);
  return {
    ...common,
    enforcement: membership.enforcement,
    outside: undefined,
    egress,
    policies: [
      ...ringPolicies(namespace.name, spec, ownerOf(platform)),
      ...exposurePolicies(namespace.name, ownerOf(platform), exposed.openings),
      ...compiled.flatMap(({ policies }) => policies),
    ].sort(compareKeys),
    profiles: compiled,
    findings: [
      ...findings,
      ...exposed.findings,
      ...outageFindings(view, namespace.name, [...exposed.openings, ...compiled.flatMap(openingsOf)]),
      ...wideRouteFindings(compiled),
      ...egressFindings(namespace.name, egress),
    ],
  };
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

function tightenings(profiles: readonly ProfileFacts[]): readonly EgressMode[] {
  return profiles.flatMap(({ decoded }) =>
    decoded.ok && decoded.value.spec.egress ? [decoded.value.spec.egress] : [],
  );
}

function strictest(modes: readonly EgressMode[]): EgressMode {
  return egressModes[Math.max(...modes.map((mode) => egressModes.indexOf(mode)))] ?? 'Unrestricted';
}

function egressFindings(namespace: string, egress: EgressMode): readonly Finding[] {
  if (egress === 'Unrestricted') return [];
  return [
    {
      code: 'EgressNotFenced',
      subject: { kind: 'Namespace', name: namespace },
      message: `egress mode \`${egress}\` is accepted, but this version fences ingress only: egress stays open`,
      hint: 'leave `egress` out until a version that writes egress policies is installed',
    },
  ];
}
