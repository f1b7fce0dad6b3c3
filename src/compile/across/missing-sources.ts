// Whether there is anybody whom a way in lets in: a route may come before the namespaces that it means, or misspell them.
// It is status only; it changes no policy. Must not know how a route is told about.

import type { Route } from '../../api/route.ts';
import { nameOf, requiredLabels } from '../../model/selectors.ts';
import { endOf } from '../../routes/index.ts';
import type { ClusterView } from '../../view/cluster-view.ts';
import { eachSelectedBy } from '../../view/namespace-index.ts';

/**
 * Who is missing where `from` names a namespace that is not there, or asks for labels that none has; `undefined` where one is
 * there, or where nobody in particular is meant.
 */
export function missingSources(view: ClusterView, { from }: Route): string | undefined {
  const { end, value } = endOf(from);
  const namespaceScope = end.namespaceScope?.(value);
  if (namespaceScope === undefined || namespaceScope === 'declared') return undefined;
  const name = 'name' in namespaceScope ? namespaceScope.name : nameOf(namespaceScope.selector);
  if (name !== undefined)
    return view.namespaces.has(name) ? undefined : `there is no namespace \`${name}\` yet`;
  if (!('selector' in namespaceScope) || requiredLabels(namespaceScope.selector) === undefined)
    return undefined;
  for (const _ of eachSelectedBy(view, namespaceScope.selector)) return undefined;
  return 'no namespace has the labels that it selects yet';
}
