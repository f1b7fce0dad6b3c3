// What the egress mode of a namespace should open but does not, because a fact about the cluster is not known.
// Must not know routes.
import type { PlatformNetworkProfileSpec } from '../../api/platform-network-profile.ts';
import { aboutNamespace, type Finding } from '../../model/findings.ts';
import type { ClusterView } from '../../view/cluster-view.ts';
import type { CheckedNamespace } from './warning-check.ts';

/** `DnsUnknown`, `ApiServerUnknown`, `ClusterRangesUnknown` */
export function egressUnknown({
  run: { clusterServices, spec, view },
  local,
}: CheckedNamespace): readonly Finding[] {
  const { name } = local.facts;
  const { mode } = local.egress;
  if (mode === 'Unrestricted') return [];
  const { dns, apiServer, ranges } = clusterServices;
  const findings: Finding[] = [];
  if (dns.length === 0)
    findings.push(
      aboutNamespace(name, 'DnsUnknown', { message: dnsUnknown[mode], hint: setDns(spec, view) }),
    );
  if (mode !== 'ClusterOnly') return findings;
  if (apiServer.length === 0) findings.push(aboutNamespace(name, 'ApiServerUnknown', apiServerUnknown));
  if (ranges.services === undefined)
    findings.push(aboutNamespace(name, 'ClusterRangesUnknown', servicesUnknown));
  return findings;
}

const dnsUnknown = {
  ClusterOnly:
    'the DNS of the cluster is not known: if it is outside of all pods and Services, no pod here may query it',
  Restricted: 'the DNS of the cluster is not known: no pod here may query it',
};

/** Its pods are known only with all three fields. */
function setDns(
  { dns }: PlatformNetworkProfileSpec,
  { discovered }: Pick<ClusterView, 'discovered'>,
): string {
  const known = { ...discovered.dns, ...dns };
  const missing = (['namespace', 'podSelector', 'ports'] as const).filter(
    (field) => known[field] === undefined,
  );
  const fields =
    dns === undefined ? '`spec.dns`' : missing.map((field) => `\`spec.dns.${field}\``).join(' and ');
  return `a platform engineer ${dns === undefined ? '' : 'also '}sets ${fields} of the platform profile`;
}

const apiServerUnknown = {
  message: 'the addresses of the API server are not known: no pod here may reach it',
  hint: 'a platform engineer sets `spec.kubernetesAPI.addresses` and `spec.kubernetesAPI.ports` of the platform profile',
};

const servicesUnknown = {
  message:
    'the addresses of Services are not known: a CNI that matches addresses before it translates them denies traffic to Services',
  hint: 'a platform engineer sets `spec.cluster.serviceRanges` of the platform profile',
};
