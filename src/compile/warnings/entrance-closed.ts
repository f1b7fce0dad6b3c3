// Services that accept traffic from outside the cluster, and that no route opens to it.
// Checks the allow rules, whatever their origin; must not know profiles.
import { aboutObject, type Finding } from '../../model/findings.ts';
import { compareKeys } from '../../model/object-key.ts';
import type { ServiceFacts } from '../../model/services.ts';
import type { AllowRule } from '../local/allow-rule.ts';
import type { LocalNamespace } from '../local/local-namespace.ts';
import { hintToAdd } from '../local/suggested-routes.ts';
import { isIngress, isServiceOpened, portsBehind } from './opened-services.ts';
import type { CheckedNamespace } from './warning-check.ts';

/** `EntranceClosed` */
export function entranceClosed({ run, local, routeRules }: CheckedNamespace): readonly Finding[] {
  const { context, exposures } = local;
  const open = [
    ...exposures.allowRules.filter(isIngress),
    ...routeRules.filter(isIngress).filter(isFromOutside),
  ];
  const pods = run.view.pods?.get(context.namespace);
  // One open port is enough: its team knows the entrance, and may intend to keep the others closed.
  const isAnyPortOpened = (service: ServiceFacts) =>
    service.ports.some(({ port, protocol }) =>
      isServiceOpened(service, open, portsBehind(context, service.name, `${port}/${protocol}`), pods),
    );
  return [...context.services.values()]
    .sort(compareKeys)
    .filter((service) => isEntrance(service) && !isAnyPortOpened(service))
    .map((service) => unreachableEntrance(local, service));
}

function isEntrance({ type, selector }: ServiceFacts): boolean {
  return (type === 'LoadBalancer' || type === 'NodePort') && selector !== undefined;
}

/** Traffic through a load balancer or a node comes from an address, not from a pod. */
function isFromOutside({ rule: { peers } }: AllowRule): boolean {
  return peers.some((peer) => 'ipBlock' in peer);
}

function unreachableEntrance(local: LocalNamespace, { namespace, name, type }: ServiceFacts): Finding {
  return aboutObject('Service', { namespace, name }, 'EntranceClosed', {
    message: `Service \`${name}\` is a ${type}, and no route opens its pods to addresses outside: the ring denies what comes in through it`,
    hint: hintToAdd(local, { name, from: { anywhere: {} }, to: { service: name } }),
  });
}
