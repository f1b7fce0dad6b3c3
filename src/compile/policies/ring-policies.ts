// The ring of a namespace: the default denies, and what the platform and the egress mode allow for every pod.
// Must not know the routes that teams declare.
import type { PlatformNetworkProfileSpec } from '../../api/platform-network-profile.ts';
import { allowing, type Direction, nonEmpty, type Rule } from '../../model/network-policy.ts';
import { compareKeys } from '../../model/object-key.ts';
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
    deny(
      common,
      'Ingress',
      'Denies all ingress to every pod of this namespace, except what other policies allow',
    ),
    ...allow('Ingress', monitoringRules(spec), {
      ...common,
      name: monitoringName,
      description: `Allows the monitoring systems (${spec.monitoring.map(({ name }) => name).join(', ')}) to scrape every pod of this namespace`,
    }),
  ];
  // The first egress policy of any kind would isolate pods: there is none if egress is not fenced.
  if (egress.mode === 'Unrestricted') return ingress;
  return [
    ...allow('Egress', clusterRules(egress.mode, clusterServices), {
      ...common,
      name: clusterName,
      description:
        'Allows every pod of this namespace to reach everything inside the cluster: every namespace, the addresses of Services, the API server',
    }),
    deny(
      common,
      'Egress',
      'Denies all egress from every pod of this namespace, except what other policies allow',
    ),
    ...allow('Egress', clusterServices.dns, {
      ...common,
      name: dnsName,
      description: "Allows every pod of this namespace to query the cluster's DNS",
    }),
    ...ingress,
  ].sort(compareKeys);
}

function deny(
  common: Pick<DesiredPolicy, 'namespace' | 'owner'>,
  direction: Direction,
  description: string,
): DesiredPolicy {
  const spec = { podSelector: {}, policyTypes: [direction] } as const;
  return { ...common, name: denyNames[direction], description, spec };
}

function allow(
  direction: Direction,
  rules: readonly Rule[],
  about: Omit<DesiredPolicy, 'spec'>,
): readonly DesiredPolicy[] {
  const some = nonEmpty(rules);
  if (some === undefined) return [];
  const spec = allowing({}, direction, some);
  return [{ ...about, description: described(about.description, spec), spec }];
}
