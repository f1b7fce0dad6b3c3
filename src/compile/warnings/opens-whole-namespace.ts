// Routes that open every pod of the namespace, often because a selector is empty by accident.
// Must not know what else is opened.
import type { Finding } from '../../model/findings.ts';
import { selectsEverything } from '../../model/selectors.ts';
import { endOf } from '../../routes/index.ts';
import { fieldAt } from '../local/resolve-routes.ts';
import { isIngress } from './opened-services.ts';
import type { CheckedNamespace } from './warning-check.ts';

/** `OpensWholeNamespace` */
export function opensWholeNamespace({ profiles }: CheckedNamespace): readonly Finding[] {
  return profiles.flatMap(({ profile, routes }) =>
    routes
      .filter(({ allowRules }) =>
        allowRules.some((allowRule) => isIngress(allowRule) && selectsEverything(allowRule.pods)),
      )
      .map(({ route }) => ({
        code: 'OpensWholeNamespace' as const,
        subject: { kind: 'AppNetworkProfile' as const, namespace: profile.namespace, name: profile.name },
        path: `spec.routes[${route.name}].${fieldAt(route, 'to')}`,
        message: `route \`${route.name}\` opens every pod of the namespace: \`${endOf(route.to).end.name}\` selects all of them`,
        hint: 'select specific pods with `app`, `service`, or labels in `pods`',
      })),
  );
}
