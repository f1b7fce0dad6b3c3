// Whether the sources of an ingress rule exist: a route may come before its namespaces, or misspell them.
// Status only; it changes no policy. Must not know how the status is worded.

import type { Route } from '../../api/route.ts';
import { nameOf, requiredLabels } from '../../model/selectors.ts';
import { namespaceScopeOf } from '../../routes/index.ts';
import type { ClusterView } from '../../view/cluster-view.ts';
import { eachSelectedBy } from '../../view/namespace-index.ts';
import { namespaceMeant } from './route-hints.ts';

/** Why a route has no sources: the reason of its state, and the rest of a sentence about it. */
interface MissingSources {
  readonly reason: 'SourceMissing' | 'NamespaceMisspelt';
  readonly text: string;
}

/** See `missingText`. Sources may come later, but not if their name is a slip. */
export function missingSources(view: ClusterView, { from }: Route): MissingSources | undefined {
  const text = missingText(view, from);
  if (text === undefined) return undefined;
  const isSlip = namespaceMeant(from, view) !== undefined;
  return { reason: isSlip ? 'NamespaceMisspelt' : 'SourceMissing', text };
}

/**
 * What is missing if `from` names a namespace that does not exist, or requires labels that none has; `undefined` if a source
 * exists, or if the route requires neither a name nor a label.
 */
function missingText(view: ClusterView, from: Route['from']): string | undefined {
  const namespaceScope = namespaceScopeOf(from);
  if (namespaceScope === undefined || namespaceScope === 'declared') return undefined;
  const name = 'name' in namespaceScope ? namespaceScope.name : nameOf(namespaceScope.selector);
  if (name !== undefined) return view.namespaces.has(name) ? undefined : whyMissing(name);
  if (!('selector' in namespaceScope) || requiredLabels(namespaceScope.selector) === undefined)
    return undefined;
  for (const _ of eachSelectedBy(view, namespaceScope.selector)) return undefined;
  return whyMissing(undefined);
}

/** The rest of a sentence. @param name of the namespace, if it is named and not selected by labels */
export function whyMissing(name: string | undefined): string {
  return name === undefined
    ? 'no namespace has the labels that it selects yet'
    : `there is no namespace \`${name}\` yet`;
}
