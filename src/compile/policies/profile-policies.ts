// The policies of each profile, from its settled routes.
// Must not know other profiles, nor the ring.
import type { Route } from '../../api/route.ts';
import type { Direction } from '../../model/network-policy.ts';
import type { DesiredPolicy, WithheldRule } from '../../model/policies.ts';
import { endOf } from '../../routes/index.ts';
import type { ProfileFacts } from '../../view/cluster-view.ts';
import type { CompiledRoute, ProfileRoutes } from '../across/route-states.ts';
import type { AllowRule } from '../local/allow-rule.ts';
import { isDiscoveredEnd } from '../local/frozen-peers.ts';
import { allowPolicies, withheldRules } from './allow-policies.ts';

/** The compiled profile; no routes if it doesn't decode. */
export interface CompiledProfile extends ProfileRoutes {
  /** Ordered by name. */
  readonly policies: readonly DesiredPolicy[];
  /** The rules that must not be written because a fact is missing. */
  readonly withheld: readonly WithheldRule[];
}

/** A profile with its policies. */
export function compiledProfile({ profile, routes }: ProfileRoutes): CompiledProfile {
  return { profile, routes, ...policiesOf(profile, routes) };
}

/** The end for which the addresses of an allow rule were discovered. */
function discoveredForOf({ from, to }: Route, { direction }: AllowRule): { readonly discoveredFor?: string } {
  const { name } = endOf(direction === 'Ingress' ? from : to).end;
  return isDiscoveredEnd(name) ? { discoveredFor: name } : {};
}

function policiesOf(
  { namespace, name, uid }: ProfileFacts,
  routes: readonly CompiledRoute[],
): Pick<CompiledProfile, 'policies' | 'withheld'> {
  const allowRules = routes.flatMap(({ allowRules, route, withheld }) =>
    allowRules.map((allowRule) => ({
      ...allowRule,
      origin: route.name,
      ...discoveredForOf(route, allowRule),
      ...(withheld === undefined ? {} : { withheld }),
    })),
  );
  const about = {
    namespace,
    owner: { kind: 'AppNetworkProfile', name, uid },
    stem: name,
    describe: (direction: Direction, pods: string, routeNames: string) =>
      direction === 'Ingress'
        ? `Allows the ingress to ${pods} that profile ${name} declares: ${routeNames}`
        : `Allows the egress of ${pods} that profile ${name} declares: ${routeNames}`,
  } as const;
  return { policies: allowPolicies(about, allowRules), withheld: withheldRules(about, allowRules) };
}
