// A world as an API server would list it, with made-up addresses: what pure tests have in place of a node.
import type { KubernetesObject } from '../../../src/kube/resource.ts';
import { asStored } from '../../../src/objects/as-stored.ts';
import type { Manifest } from '../../cluster.ts';
import { type CastMember, cast, castNamespaces } from './cast.ts';
import { fixedLabels } from './cast-objects.ts';
import { objectsOf, type World } from './random-world.ts';

/** The objects of a world with its namespaces and pods. */
export function listedObjects(world: World): readonly KubernetesObject[] {
  return [...listedCast(world), ...objectsOf(world).map(asStored)];
}

/** The namespaces and pods of the cast; without labels of a world, with just those that they always have. */
export function listedCast({
  namespaceLabels,
  podLabels,
}: Partial<Pick<World, 'namespaceLabels' | 'podLabels'>>): readonly KubernetesObject[] {
  const namespaces = castNamespaces.map((name) => ({
    ...{ apiVersion: 'v1', kind: 'Namespace' },
    metadata: { name, labels: { ...namespaceLabels?.[name], 'kubernetes.io/metadata.name': name } },
  }));
  const pods = cast.flatMap((member, index) => {
    const labels = { ...fixedLabels(member), ...podLabels?.[`${member.namespace}/${member.name}`] };
    const copies = member.node === undefined ? [0, 1] : [member.node];
    return copies.map((node) => podOn(member, labels, node, index));
  });
  return [...namespaces, ...pods].map(asStored);
}

function podOn(
  { namespace, name, node: own, ports }: CastMember,
  labels: Readonly<Record<string, string>>,
  node: number,
  index: number,
): Manifest & { readonly status: object } {
  const declared = ports.filter(({ name: portName }) => portName !== undefined);
  return {
    ...{ apiVersion: 'v1', kind: 'Pod' },
    metadata: { namespace, name: own === undefined ? `${name}-${node}` : name, labels },
    spec: {
      containers: [
        { name: 'agent', ports: declared.map(({ number, ...port }) => ({ ...port, containerPort: number })) },
      ],
    },
    status: { phase: 'Running', podIPs: [{ ip: `10.244.${node}.${index + 2}` }] },
  };
}
