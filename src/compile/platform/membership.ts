// Which namespaces are ringed, and how strictly: the platform profile's selection, exclusions and ordered rules.
// Must not know what a ring consists of.

import type { EgressMode, Enforcement } from '../../api/egress.ts';
import type { NamespaceChoice } from '../../api/namespace-choice.ts';
import type { NamespaceRule } from '../../api/namespace-rule.ts';
import type { PlatformNetworkProfileSpec } from '../../api/platform-network-profile.ts';
import { canaryNamespace } from '../../model/canary-namespace.ts';
import { matchesGlob } from '../../model/globs.ts';
import { selects } from '../../model/selectors.ts';
import { type ClusterView, type NamespaceFacts, objectsIn } from '../../view/cluster-view.ts';

/**
 * Namespaces that no selector selects; the canary has policies of its own, and only `systemNamespaces` can include the others.
 */
export const builtInExclusions = ['kube-system', 'kube-public', 'kube-node-lease', canaryNamespace] as const;

/** Why a namespace is not an application namespace. */
export type OutsideReason =
  /** The operator's own: the installation contains a static policy for it. */
  | 'OperatorNamespace'
  /** Excluded by name, by default or by the platform profile. */
  | 'Excluded'
  /** The platform profile's selector does not select it. */
  | 'NotSelected'
  /** A system namespace that contains no profile yet. */
  | 'NoProfileYet';

/** The settings of the platform profile for a namespace, even if it is not ringed. */
interface Settings {
  readonly enforcement: Enforcement;
  /** The platform's floor; the profiles in the namespace may tighten it. */
  readonly egress: EgressMode;
  readonly rule: NamespaceRule | undefined;
}

/** Whether a namespace is an application namespace, and its settings. */
export type Membership = Settings &
  ({ readonly inside: true } | { readonly inside: false; readonly why: OutsideReason });

/** When the ring of a namespace denies what comes from, or goes to, another one: `OnceEnforced` if only this one is in a dry run. */
type Denial = 'Now' | 'OnceEnforced';

/** Why a route has no effect on its other side, or may have none. The most serious comes first. */
export const obstacles = [
  'Now',
  'OnceEnforced',
  /** One side names a port that the other one numbers: whether they are the same depends on the pods. */
  'PortsUnclear',
] as const;

/** Why `PortsUnclear` is unclear: the rest of a sentence. */
export const portsUnclear = 'depends on the pods: one side names a port that the other one numbers';

/** See `obstacles`. */
export type Obstacle = (typeof obstacles)[number];

/**
 * When the ring of a namespace counts in a state of a namespace `here`; `undefined`: never.
 *
 * A dry run judges everything as if all that dry runs cover were enforced: its states are those after the change to Enforce.
 */
export function denialSeenFrom(here: Membership, there: Membership): Denial | undefined {
  if (!there.inside || there.enforcement === 'Off') return undefined;
  return there.enforcement === 'Enforce' || here.enforcement === 'DryRun' ? 'Now' : 'OnceEnforced';
}

/** Decides for one namespace. */
export function membershipOf(
  view: ClusterView,
  spec: PlatformNetworkProfileSpec,
  namespace: NamespaceFacts,
): Membership {
  const rule = spec.rules.find(({ namespaces }) => isChosen(namespaces, namespace));
  // Off is the orderly uninstall: it overrides every rule.
  const enforcement = spec.enforcement === 'Off' ? 'Off' : (rule?.enforcement ?? spec.enforcement);
  const settings = { enforcement, egress: rule?.egress ?? spec.egress, rule };
  const why = whyOutside(view, spec, namespace);
  return why === undefined ? { ...settings, inside: true } : { ...settings, inside: false, why };
}

function whyOutside(
  view: ClusterView,
  spec: PlatformNetworkProfileSpec,
  { name, labels }: NamespaceFacts,
): OutsideReason | undefined {
  if (name === view.operatorNamespace) return 'OperatorNamespace';
  if (spec.systemNamespaces.includes(name)) {
    const profiles = objectsIn(view.profiles, name);
    return profiles.some((profile) => profile.decoded.ok) ? undefined : 'NoProfileYet';
  }
  if (isExcludedByName(view, spec, name)) return 'Excluded';
  return selects(spec.namespaces.selector, labels) ? undefined : 'NotSelected';
}

/** Whether a namespace is excluded whatever its labels are, unless it is one of `systemNamespaces`. */
export function isExcludedByName(view: ClusterView, spec: PlatformNetworkProfileSpec, name: string): boolean {
  const exclusions = [...builtInExclusions, ...spec.namespaces.exclude];
  return name === view.operatorNamespace || exclusions.some((glob) => matchesGlob(glob, name));
}

/** Whether one of the names of a choice and its selector, if it has them, match a namespace. */
export function isChosen(
  { names, selector }: NamespaceChoice,
  { name, labels }: Pick<NamespaceFacts, 'name' | 'labels'>,
): boolean {
  if (names !== undefined && !names.some((glob) => matchesGlob(glob, name))) return false;
  return selector === undefined || selects(selector, labels);
}
