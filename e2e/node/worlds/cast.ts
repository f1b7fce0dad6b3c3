// The pods of every random world: where they are, and what they serve. They outlive a world, because a pod can't change its
// ports; a world changes their labels, and everything around them.
import type { ObjectKey } from '../../../src/model/object-key.ts';

/** A port on which a pod answers. */
export interface ServedPort {
  /** The name of the container port; absent if the container does not declare it. */
  readonly name?: string;
  readonly protocol: 'TCP' | 'UDP';
  readonly number: number;
}

/** One pod, or the pods of one Deployment. */
export interface CastMember extends ObjectKey {
  /** Its label `app.kubernetes.io/name`. */
  readonly app: string;
  /** Labels that no world changes. */
  readonly labels?: Readonly<Record<string, string>>;
  /** The node of a pod, as an index; on one node, every pod is there. Absent: a Deployment with a pod on each of two nodes. */
  readonly node?: 0 | 1;
  readonly ports: readonly ServedPort[];
}

const tcp = (number: number, name?: string): ServedPort => ({
  ...(name === undefined ? {} : { name }),
  protocol: 'TCP',
  number,
});
const udp = (number: number, name?: string): ServedPort => ({ ...tcp(number, name), protocol: 'UDP' });

/**
 * `http` means another number in `pay/api`, `metrics` is TCP here and UDP there, `dns` is both; some ports are served and not declared, and
 * some pods declare none.
 */
export const cast: readonly CastMember[] = [
  { namespace: 'shop', name: 'web', app: 'web', node: 0, ports: [tcp(8080, 'http'), tcp(9000)] },
  { namespace: 'shop', name: 'api', app: 'api', node: 1, ports: [tcp(8081, 'http'), tcp(9090, 'metrics')] },
  { namespace: 'shop', name: 'mongo', app: 'mongo', node: 0, ports: [tcp(27017, 'db'), udp(8080)] },
  {
    namespace: 'shop',
    name: 'worker',
    app: 'worker',
    node: 1,
    ports: [tcp(7000), udp(7000)],
  },
  { namespace: 'shop', name: 'cache', app: 'cache', labels: { tier: 'back' }, ports: [tcp(6379, 'db')] },
  { namespace: 'pay', name: 'web', app: 'web', node: 1, ports: [tcp(8080, 'http')] },
  { namespace: 'pay', name: 'api', app: 'api', node: 0, ports: [tcp(3000, 'http'), udp(9090, 'metrics')] },
  { namespace: 'pay', name: 'till', app: 'till', node: 0, ports: [udp(5353, 'dns'), tcp(5353, 'dns-tcp')] },
  { namespace: 'stock', name: 'web', app: 'web', node: 0, ports: [tcp(8080, 'http'), tcp(9090, 'metrics')] },
  { namespace: 'stock', name: 'mongo', app: 'mongo', node: 1, ports: [tcp(27017, 'db')] },
  { namespace: 'legacy', name: 'api', app: 'api', node: 0, ports: [tcp(8080, 'http'), tcp(8443)] },
  { namespace: 'legacy', name: 'worker', app: 'worker', node: 1, ports: [tcp(443)] },
  { namespace: 'infra', name: 'controller', app: 'controller', node: 0, ports: [tcp(8080, 'http')] },
  { namespace: 'infra', name: 'prometheus', app: 'prometheus', node: 1, ports: [tcp(9090, 'metrics')] },
  { namespace: 'kube-system', name: 'tool', app: 'tool', node: 1, ports: [tcp(8080, 'http')] },
];

/** The namespaces of the cast that a world may make anew; `kube-system` is there always. */
export const castNamespaces = ['shop', 'pay', 'stock', 'legacy', 'infra'] as const;

/** The label by which the pod's own Services and routes with `app` select it. */
export const appLabel = 'app.kubernetes.io/name';

/** The ports on which a pod answers: those of the member whose name its own begins with. */
export function servedBy({ namespace, name }: ObjectKey): readonly ServedPort[] {
  const member = cast.find(
    (each) => each.namespace === namespace && (name === each.name || name.startsWith(`${each.name}-`)),
  );
  return member?.ports ?? [];
}
