// Services that let traffic in from outside the cluster, and that no route opens to it.
// Looks at what is opened, however it came about; must not know profiles.
import { suggestRoute } from '../../api/suggested-profile.ts';
import type { Finding } from '../../model/findings.ts';
import { compareKeys } from '../../model/object-key.ts';
import type { ServiceFacts } from '../../model/services.ts';
import type { Surroundings } from '../../routes/route-end.ts';
import type { Opening } from '../local/allow-rule.ts';
import { isOpened, isWayIn, portsBehind } from './opened-services.ts';
import type { CheckedNamespace } from './warning-check.ts';

/** `EntranceClosed` */
export function entranceClosed({ plain, routed }: CheckedNamespace): readonly Finding[] {
  const { around, exposures } = plain;
  const open = [...exposures.openings.filter(isWayIn), ...routed.filter(isWayIn).filter(isFromOutside)];
  return [...around.services.values()]
    .sort(compareKeys)
    .filter((service) => isEntrance(service) && !isAnyPortOpened(around, service, open))
    .map((service) => unreachableEntrance(around.namespace, service));
}

function isEntrance({ type, selector }: ServiceFacts): boolean {
  return (type === 'LoadBalancer' || type === 'NodePort') && selector !== undefined;
}

/** One is enough: whoever opened it knows the entrance, and may mean to leave the others closed. */
function isAnyPortOpened(around: Surroundings, service: ServiceFacts, openings: readonly Opening[]): boolean {
  return service.ports.some(({ port, protocol }) =>
    isOpened(service, openings, portsBehind(around, service.name, `${port}/${protocol}`)),
  );
}

/** What comes in through a load balancer or a node comes from an address, not from a pod. */
function isFromOutside({ rule: { peers } }: Opening): boolean {
  return peers.some((peer) => 'ipBlock' in peer);
}

function unreachableEntrance(namespace: string, { name, type }: ServiceFacts): Finding {
  return {
    code: 'EntranceClosed',
    subject: { kind: 'Namespace', name: namespace },
    message: `Service \`${name}\` is a ${type}, and no route opens its pods to addresses outside: the ring denies what comes in through it`,
    hint: `add to a profile in \`${namespace}\`:\n${suggestRoute({ name, from: { anywhere: {} }, to: { service: name } })}`,
  };
}
