// Derives DNS, the API server and the address ranges from the objects that describe them.
// Pure: a fact that is unknown now keeps its last value, and one that was never known stays absent. Nothing here widens a fact.
// Must not know profiles, nor which rules depend on the facts.

import { platformProfileName } from '../api/platform-network-profile.ts';
import type { Discovered } from '../api/platform-status.ts';
import type { Finding } from '../model/findings.ts';
import type { Result } from '../model/result.ts';
import type { UncertainFact } from '../view/cluster-view.ts';
import { discoverKubernetesApi } from './api-server.ts';
import { addressFindings, discoverDns } from './dns.ts';
import { plausibleNodes } from './node-claims.ts';
import type { Observed, UnknownReason } from './observed.ts';
import { discoverRanges } from './ranges.ts';

/** The facts about the cluster, and the findings about them. */
export interface Discovery {
  readonly discovered: Discovered;
  /** The facts that may be larger than is known: they can't be discovered now, or only in part. */
  readonly uncertain: readonly UncertainFact[];
  readonly findings: readonly Finding[];
}

/**
 * Discovers the facts, independent of the order of the objects.
 *
 * @param previous the last known facts, also from before a restart
 */
export function discover(observed: Observed, previous: Discovered): Discovery {
  const { dns, kubernetesAPI, cluster = {} } = previous;
  const claims = observed.nodes && plausibleNodes(observed.nodes);
  const found = discoverRanges(claims?.nodes, observed.serviceCidrs, cluster);
  const api = discoverKubernetesApi(observed);
  const facts = {
    dns: withLastKnown('spec.dns', discoverDns(observed, dns), dns),
    kubernetesAPI: withLastKnown('spec.kubernetesAPI', api, kubernetesAPI, ['addresses', 'ports']),
  };
  const rangesOf = (name: keyof typeof found) =>
    withLastKnown(`spec.cluster.${name}`, found[name].ranges, cluster[name]);
  const ranges = {
    podRanges: rangesOf('podRanges'),
    serviceRanges: rangesOf('serviceRanges'),
    nodeRanges: rangesOf('nodeRanges'),
  };
  const { podRanges, serviceRanges, nodeRanges } = found;
  const known = {
    ...valuesOf(ranges),
    ...(podRanges.within && { podsWithin: podRanges.within }),
    ...(serviceRanges.within && { servicesWithin: serviceRanges.within }),
    ...(nodeRanges.within && { nodesWithin: nodeRanges.within }),
  };
  const all = [...Object.values(facts), ...Object.values(ranges)];
  return {
    discovered: { ...valuesOf(facts), ...(Object.keys(known).length === 0 ? {} : { cluster: known }) },
    uncertain: [
      ...(['podRanges', 'serviceRanges', 'nodeRanges'] as const).filter(
        (name) => found[name].isPartial || claims?.uncertain.has(name),
      ),
      ...(api.ok ? [] : (['kubernetesAPI'] as const)),
    ],
    findings: [
      ...all.flatMap(({ findings }) => findings),
      ...addressFindings(observed),
      ...(claims?.findings ?? []),
    ],
  };
}

interface Fact<T> {
  readonly value?: T;
  readonly findings: readonly Finding[];
}

/**
 * A fact that was never known is reported by the rules that need it.
 *
 * @param fields the fields of the override to set, if it has more fields than are needed
 */
function withLastKnown<T>(
  override: string,
  found: Result<T, UnknownReason>,
  lastKnown: T | undefined,
  fields: readonly string[] = [],
): Fact<T> {
  if (found.ok) return { value: found.value, findings: [] };
  if (lastKnown === undefined) return { findings: [] };
  return {
    value: lastKnown,
    findings: [
      {
        code: 'LastKnownHolds',
        subject: { kind: 'PlatformNetworkProfile', name: platformProfileName },
        path: override,
        message: `${found.error}: the last known value stays in force`,
        hint: `fix that, or set ${quotedFields(override, fields)} of the platform profile`,
      },
    ],
  };
}

function quotedFields(override: string, fields: readonly string[]): string {
  return fields.length === 0
    ? `\`${override}\``
    : fields.map((field) => `\`${override}.${field}\``).join(' and ');
}

type Values<T extends Readonly<Record<string, Fact<unknown>>>> = {
  readonly [Key in keyof T]?: NonNullable<T[Key]['value']>;
};

function valuesOf<const T extends Readonly<Record<string, Fact<unknown>>>>(facts: T): Values<T> {
  const known = Object.entries(facts).filter(([, { value }]) => value !== undefined);
  return Object.fromEntries(known.map(([name, { value }]) => [name, value])) as Values<T>;
}
