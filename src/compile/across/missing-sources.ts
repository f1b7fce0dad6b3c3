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
  const { end, held } = endOf(from);
  const places = end.places?.(held);
  if (places === undefined || places === 'declared') return undefined;
  const name = 'name' in places ? places.name : nameOf(places.selector);
  if (name !== undefined)
    return view.namespaces.has(name) ? undefined : `there is no namespace \`${name}\` yet`;
  if (!('selector' in places) || requiredLabels(places.selector) === undefined) return undefined;
  for (const _ of eachSelectedBy(view, places.selector)) return undefined;
  return 'no namespace has the labels yet that it asks for';
}
