// The end of a route that means pods with some labels, in as few words as possible.
// Must not know why these pods are meant.
import type { ObjectKey } from '../../model/object-key.ts';
import type { Labels } from '../../model/selectors.ts';
import type { RouteEndValue } from '../../routes/index.ts';

/** Where a route is declared, and the label whose value its end `app` names. */
export interface DeclaredIn extends Pick<ObjectKey, 'namespace'> {
  readonly appLabel: string;
}

/** The end that means the pods of a namespace with these labels: `app` if that says all, else `pods`, or `namespace` elsewhere. */
export function podsByLabels(
  namespace: string,
  matchLabels: Labels,
  { namespace: here, appLabel }: DeclaredIn,
): RouteEndValue {
  if (namespace !== here) return { namespace: { name: namespace, pods: { matchLabels } } };
  const { [appLabel]: app, ...more } = matchLabels;
  return app === undefined || Object.keys(more).length > 0 ? { pods: { matchLabels } } : { app };
}
