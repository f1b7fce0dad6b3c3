// Routes that open every pod of the namespace, often because a selector is empty by accident, or let every pod out to everywhere.
// Must not know what else is opened.
import { aboutObject, type Finding } from '../../model/findings.ts';
import { selectsEverything } from '../../model/selectors.ts';
import { endOf } from '../../routes/index.ts';
import type { RouteSide } from '../../routes/route-end.ts';
import type { CompiledRoute } from '../across/route-states.ts';
import { fieldAt } from '../local/resolve-routes.ts';
import { isIngress } from './opened-services.ts';
import type { CheckedNamespace } from './warning-check.ts';

/** `OpensWholeNamespace` */
export function opensWholeNamespace({ profiles }: CheckedNamespace): readonly Finding[] {
  return profiles.flatMap(({ profile, routes }) =>
    routes.flatMap((compiled) => {
      const { route } = compiled;
      const side = wideSideOf(compiled);
      if (side === undefined) return [];
      const what =
        side === 'to'
          ? `opens every pod of the namespace${whom(compiled)}`
          : 'lets every pod of the namespace out to everywhere';
      return [
        aboutObject('AppNetworkProfile', profile, 'OpensWholeNamespace', {
          path: `spec.routes[${route.name}].${fieldAt(route, side)}`,
          message: `route \`${route.name}\` ${what}: \`${endOf(route[side]).end.name}\` selects all of them`,
          hint: 'select specific pods with `app`, `service`, or labels in `pods`',
        }),
      ];
    }),
  );
}

/** The side of a route that selects every pod of the namespace. */
function wideSideOf({ route, allowRules }: CompiledRoute): RouteSide | undefined {
  const wide = allowRules.filter(({ pods }) => selectsEverything(pods));
  if (wide.some(isIngress)) return 'to';
  // Often every pod needs one destination, such as the API server; with this one, no pod is isolated any more.
  const isOut = wide.length > 0 && 'anywhere' in route.to && route.ports === undefined;
  return isOut ? 'from' : undefined;
}

function whom({ route: { from, ports } }: CompiledRoute): string {
  const on = ports === undefined ? ' on every port' : '';
  if ('anywhere' in from) return ` to everyone${on}`;
  if ('internet' in from) return ` to the internet${on}`;
  const isEveryNamespace =
    'cluster' in from ||
    ('namespace' in from &&
      from.namespace.selector !== undefined &&
      selectsEverything(from.namespace.selector));
  return isEveryNamespace ? ` to every namespace${on}` : on;
}
