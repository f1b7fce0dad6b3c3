// The compiler: it turns the facts of the cluster into the policies and findings of a namespace. This file is its table of contents.
// Pure and stateless: the same view gives the same policies, in the same order. It never reads old policies.
//
//   platform/  the platform profile and the discovered facts: which namespaces are ringed, where the shared systems are
//   local/     first pass: each namespace by itself, from its own objects
//   across/    second pass: what one namespace causes in another: mirrors, consent and states of routes
//   policies/  allow rules, merged into policies with names
//   warnings/  the checks: what a person should know about a namespace
import type { EgressMode, Enforcement } from '../api/egress.ts';
import type { Finding } from '../model/findings.ts';
import type { Direction } from '../model/network-policy.ts';
import { compareKeys, compareText, type ObjectKey, requireDistinct } from '../model/object-key.ts';
import type { DesiredPolicy, WithheldRule } from '../model/policies.ts';
import type { ClusterView, NamespaceFacts, PauseFacts } from '../view/cluster-view.ts';
import { receiversByRoute, withCapsInAll } from './across/capped-in-all.ts';
import { Compilation } from './across/compilation.ts';

import { forbiddenIn, frozenMirrorsOf, frozenOwnersOf } from './across/frozen-owners.ts';
import type { CappedRoute } from './across/mirror-caps.ts';
import { mirrorsInto, mirrorsOverLimit } from './across/mirrors-across.ts';
import { compileRoutes } from './across/route-states.ts';
import type { FindForbiddenPeers } from './local/frozen-peers.ts';
import type { LocalNamespace } from './local/local-namespace.ts';
import type { ClusterServicesCache } from './platform/cluster-services.ts';
import { type DecodedPlatform, isDecoded, platformAsOwner } from './platform/decoded-platform.ts';
import type { OutsideReason } from './platform/membership.ts';
import { exposurePolicies } from './policies/exposure-policies.ts';
import { mirrorPolicies } from './policies/mirror-policies.ts';
import { activePauses, pausePolicies } from './policies/pause-policy.ts';
import { type CompiledProfile, compiledProfile } from './policies/profile-policies.ts';
import { ringPolicies } from './policies/ring-policies.ts';
import { platformFindings } from './warnings/invalid-profile.ts';
import { misspeltInPlatform } from './warnings/misspelt-namespaces.ts';
import { discoveryFindings } from './warnings/not-discovered.ts';
import { warningsAbout } from './warnings/warnings.ts';

/** What the compiler makes of one namespace. */
export interface CompiledNamespace {
  readonly namespace: string;
  /** The enforcement; absent for a namespace that is not ringed. */
  readonly enforcement: Enforcement | undefined;
  /** Why the namespace is not ringed; `undefined` if it is. */
  readonly outsideReason: OutsideReason | undefined;
  /** The name of the platform profile's rule that applies; `undefined` if none does. */
  readonly rule: string | undefined;
  /** The strictest of the platform's and the profiles' modes. */
  readonly egress: EgressMode;
  /** The policies that are written if the enforcement is Enforce, and would be if it is DryRun. Ordered by name. */
  readonly policies: readonly DesiredPolicy[];
  /** The rules that must not be written because a fact is missing, and stay if they are enforced. */
  readonly withheld: readonly WithheldRule[];
  /** Ordered by name; without routes if the namespace is not ringed. */
  readonly profiles: readonly CompiledProfile[];
  /** The pauses of the namespace, whether they are over or not, ordered by name. */
  readonly pauses: readonly PauseFacts[];
  /** The owners, by uid, whose policies stay as they are, because a profile doesn't decode: it, and perhaps the platform profile. */
  readonly frozenOwners: ReadonlySet<string>;
  /** The profiles of other namespaces that don't decode: the mirrors of their routes here stay as they are. */
  readonly frozenMirrors: readonly ObjectKey[];
  /** What guardrails forbid of the policies that stay; absent if there are no guardrails. */
  readonly forbidden: FindForbiddenPeers | undefined;
  /** The directions that are not fenced. In these no policy stays, because it would isolate the pods that it selects. */
  readonly unfrozen: readonly Direction[];
  /** The routes of other namespaces that are not mirrored here, because all mirrors together would exceed the limit. */
  readonly cappedRoutes: readonly CappedRoute[];
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
 * Compiles every namespace of the view that is not terminating. Without a platform profile, or with one that doesn't decode, there is
 * nothing to compile: see `PlatformFacts`.
 */
export function compile(view: ClusterView): Compiled {
  const { platform } = view;
  if (platform === undefined) return { namespaces: [], policies: [], findings: [] };
  if (!isDecoded(platform)) return { namespaces: [], policies: [], findings: platformFindings(platform) };
  const run = new Compilation(view, platform);
  const each = [...view.namespaces.values()]
    .filter(({ terminating }) => !terminating)
    .sort((a, b) => compareText(a.name, b.name))
    .map((namespace) => compileOne(run, run.local(namespace)));
  const receiversOf = receiversByRoute(each);
  const namespaces = each.map((one) => ({ ...one, profiles: withCapsInAll(one, receiversOf) }));
  return {
    namespaces,
    policies: namespaces.flatMap((namespace) => namespace.policies),
    findings: [
      ...platformFindings(platform),
      ...misspeltInPlatform(platform.decoded.value.spec, view),
      ...discoveryFindings(view, platform.decoded.value.spec),
      ...namespaces.flatMap((namespace) => namespace.findings),
    ],
  };
}

/**
 * Compiles one namespace: its ring, what it exposes, and the routes of its profiles. The result depends only on the view.
 *
 * @param cache keeps the cluster's own services, which are the same for every namespace
 */
export function compileNamespace(
  view: ClusterView,
  platform: DecodedPlatform,
  namespace: NamespaceFacts,
  cache?: ClusterServicesCache,
): CompiledNamespace {
  const run = new Compilation(view, platform, cache);
  return compileOne(run, run.local(namespace));
}

function compileOne(run: Compilation, local: LocalNamespace): CompiledNamespace {
  const { facts, membership, egress } = local;
  const profileRoutes = compileRoutes(run, local);
  const profiles = profileRoutes.map(compiledProfile);
  const overLimit = local.isCompiled ? mirrorsOverLimit(run, local) : { routes: [], exposers: [] };
  return {
    namespace: facts.name,
    enforcement: membership.inside ? membership.enforcement : undefined,
    outsideReason: membership.inside ? undefined : membership.why,
    rule: membership.rule?.name,
    egress: egress.mode,
    profiles,
    policies: local.isCompiled ? policiesOf(run, local, profiles) : [],
    withheld: local.isCompiled ? profiles.flatMap(({ withheld }) => withheld) : [],
    pauses: run.view.pauses.get(facts.name) ?? [],
    frozenOwners: frozenOwnersOf(run, local),
    frozenMirrors: frozenMirrorsOf(run, local),
    forbidden: forbiddenIn(local),
    unfrozen: membership.inside && egress.mode === 'Unrestricted' ? ['Egress'] : [],
    cappedRoutes: overLimit.routes,
    findings: warningsAbout({
      run,
      local,
      profiles: profileRoutes,
      routeRules: profileRoutes.flatMap(({ routes }) => routes.flatMap(({ allowRules }) => allowRules)),
      mirrorsOverLimit: overLimit,
    }),
  };
}

/** All policies of a namespace that is compiled. Ordered by name. */
function policiesOf(
  run: Compilation,
  local: LocalNamespace,
  profiles: readonly CompiledProfile[],
): readonly DesiredPolicy[] {
  const { name } = local.facts;
  const owner = platformAsOwner(run.platform);
  return requireDistinct([
    ...ringPolicies(name, run.spec, owner, local.egress, run.clusterServices),
    ...exposurePolicies(name, owner, local.exposures.allowRules),
    ...profiles.flatMap(({ policies }) => policies),
    ...mirrorPolicies(name, owner, mirrorsInto(run, local)),
    ...pausePolicies(name, owner, activePauses(run.view, local)),
  ]).toSorted(compareKeys);
}
