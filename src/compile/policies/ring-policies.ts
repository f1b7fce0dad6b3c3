// The ring of a namespace: the default denies, and what the platform and the egress mode allow for every pod.
// Must not know the routes that teams declare.
import type { PlatformNetworkProfileSpec } from '../../api/platform-network-profile.ts';
import { allowing, type Direction, type Rule } from '../../model/network-policy.ts';
import type { DesiredPolicy, Owner } from '../../model/policies.ts';
import { clusterName, denyNames, dnsName, monitoringName } from '../../model/policy-names.ts';
import { clusterRules, type Egress } from '../local/namespace-egress.ts';
import type { ClusterServices } from '../platform/cluster-services.ts';
import { monitoringRules } from '../platform/systems.ts';
import { described } from './described.ts';

/** The policies that every ringed namespace has, with or without a profile of its own. Ordered by name. */
export function ringPolicies(
  namespace: string,
  spec: PlatformNetworkProfileSpec,
  owner: Owner,
  egress: Egress,
  clusterServices: ClusterServices,
): readonly DesiredPolicy[] {
  const common = { namespace, owner };
  const ingress = [
    {
      ...common,
      ...deny(
        'Ingress',
        'Denies all ingress to every pod of this namespace, except what other policies allow',
      ),
    },
    ...allow('Ingress', monitoringName, monitoringRules(spec), {
      ...common,
      description: `Allows the monitoring systems (${spec.monitoring.map(({ name }) => name).join(', ')}) to scrape every pod of this namespace`,
    }),
  ];
  // The first egress policy of any kind would isolate pods: there is none if egress is not fenced.
  if (egress.mode === 'Unrestricted') return ingress;
  return [
    ...allow('Egress', clusterName, clusterRules(egress.mode, clusterServices), {
      ...common,
      description:
        'Allows every pod of this namespace to reach everything inside the cluster: every namespace, the addresses of Services, the API server',
    }),
    {
      ...common,
      ...deny(
        'Egress',
        'Denies all egress from every pod of this namespace, except what other policies allow',
      ),
    },
    ...allow('Egress', dnsName, clusterServices.dns, {
      ...common,
      description: "Allows every pod of this namespace to query the cluster's DNS",
    }),
    ...ingress,
  ].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function deny(
  direction: Direction,
  description: string,
): Pick<DesiredPolicy, 'name' | 'description' | 'spec'> {
  return { name: denyNames[direction], description, spec: { podSelector: {}, policyTypes: [direction] } };
}

function allow(
  direction: Direction,
  name: string,
  [first, ...rest]: readonly Rule[],
  about: Pick<DesiredPolicy, 'namespace' | 'owner' | 'description'>,
): readonly DesiredPolicy[] {
  if (first === undefined) return [];
  const spec = allowing({}, direction, [first, ...rest]);
  return [{ ...about, name, description: described(about.description, spec), spec }];
}
