// The ring of a namespace: the default deny, and what the platform needs to get through it.
// Must not know the routes that teams declare.
import type { PlatformNetworkProfileSpec } from '../api/platform-network-profile.ts';
import type { IngressRule } from '../model/network-policy.ts';
import type { DesiredPolicy, Owner } from '../model/policies.ts';
import { policyPorts } from '../model/policy-ports.ts';
import { denyNames, monitoringName } from './names.ts';
import { monitoringSystems } from './systems.ts';

/** The policies that every ringed namespace has, with or without a profile of its own. Ordered by name. */
export function ringPolicies(
  namespace: string,
  platform: PlatformNetworkProfileSpec,
  owner: Owner,
): readonly DesiredPolicy[] {
  const deny: DesiredPolicy = {
    namespace,
    name: denyNames.Ingress,
    owner,
    description: 'Denies all ingress to every pod of this namespace, but for what other policies allow',
    spec: { podSelector: {}, policyTypes: ['Ingress'] },
  };
  return [deny, ...monitoringPolicy(namespace, platform, owner)];
}

/** One policy for all monitoring systems: many small policies are dear on iptables CNIs. */
function monitoringPolicy(
  namespace: string,
  platform: PlatformNetworkProfileSpec,
  owner: Owner,
): readonly DesiredPolicy[] {
  const systems = new Map(monitoringSystems(platform).map(({ name, peers }) => [name, peers]));
  const rules = platform.monitoring.flatMap(({ name, ports }): readonly IngressRule[] => {
    // No rule where the system's place is not known: an empty list of peers would mean everyone.
    const from = systems.get(name);
    const allowed = policyPorts(ports);
    return from === undefined || allowed === undefined ? [] : [{ from, ports: allowed }];
  });
  const [first, ...rest] = rules;
  if (first === undefined) return [];
  const names = platform.monitoring.map(({ name }) => name).join(', ');
  return [
    {
      namespace,
      name: monitoringName,
      owner,
      description: `Lets the monitoring systems (${names}) scrape every pod of this namespace`,
      spec: { podSelector: {}, policyTypes: ['Ingress'], ingress: [first, ...rest] },
    },
  ];
}
