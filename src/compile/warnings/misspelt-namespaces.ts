// Namespaces that the platform profile names although they don't exist, while a similar name does: a slip that changes nothing and
// so is seen by nobody. Must not know how a finding is printed.
import type { PlatformNetworkProfileSpec } from '../../api/platform-network-profile.ts';
import { platformProfileName } from '../../api/platform-network-profile.ts';
import { nearest } from '../../model/did-you-mean.ts';
import type { Finding } from '../../model/findings.ts';
import type { ClusterView } from '../../view/cluster-view.ts';

/** A namespace that the platform profile names, and where. */
interface NamedNamespace {
  readonly path: string;
  readonly name: string;
}

/** `NamespaceMisspelt`, for the names in the platform profile. */
export function misspeltInPlatform(
  spec: PlatformNetworkProfileSpec,
  { namespaces }: Pick<ClusterView, 'namespaces'>,
): readonly Finding[] {
  const known = [...namespaces.keys()];
  return namedNamespaces(spec).flatMap(({ path, name }) => {
    const meant = name.includes('*') ? undefined : nearest(name, known);
    if (meant === undefined) return [];
    return {
      code: 'NamespaceMisspelt',
      subject: { kind: 'PlatformNetworkProfile', name: platformProfileName },
      path,
      message: `there is no namespace \`${name}\`, so this name has no effect`,
      hint: `did you mean \`${meant}\`?`,
    };
  });
}

function namedNamespaces(spec: PlatformNetworkProfileSpec): readonly NamedNamespace[] {
  const { rules, gatewayNamespaces, ingressControllers, monitoring, systemNamespaces } = spec;
  const all = (path: string, names: readonly string[] = []) =>
    names.map((name, index) => ({ path: `${path}[${index}]`, name }));
  const ofSystems = (field: string, systems: readonly { name: string; namespace?: string }[]) =>
    systems.flatMap(({ namespace }, index) =>
      namespace === undefined ? [] : [{ path: `spec.${field}[${index}].namespace`, name: namespace }],
    );
  return [
    ...rules.flatMap((rule, index) => all(`spec.rules[${index}].namespaces.names`, rule.namespaces.names)),
    ...all('spec.gatewayNamespaces.names', gatewayNamespaces?.names),
    ...all('spec.systemNamespaces', systemNamespaces),
    ...ofSystems('ingressControllers', ingressControllers),
    ...ofSystems('monitoring', monitoring),
  ];
}
