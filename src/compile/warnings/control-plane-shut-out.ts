// Services that the control plane calls, for a webhook or an aggregated API, and that no route opens to it.
// Checks the allow rules, whatever their origin; must not know profiles.
import { suggestedName } from '../../api/suggested-profile.ts';
import { aboutObject, type Finding } from '../../model/findings.ts';
import { compareText } from '../../model/object-key.ts';
import type { ControlPlaneCallFacts, ServiceFacts } from '../../model/services.ts';
import type { ClusterView } from '../../view/cluster-view.ts';
import type { AllowRule } from '../local/allow-rule.ts';
import type { LocalNamespace } from '../local/local-namespace.ts';
import { hintToAdd } from '../local/suggested-routes.ts';
import { isIngress, isServiceOpened, portsBehind } from './opened-services.ts';
import type { CheckedNamespace } from './warning-check.ts';

/** `ControlPlaneShutOut` */
export function controlPlaneShutOut({ run, local, routeRules }: CheckedNamespace): readonly Finding[] {
  const { context } = local;
  const { namespace, services } = context;
  const called = routeRules.filter(isIngress).filter(isFromElsewhere);
  return callsTo(run.view, namespace).flatMap(({ caller, service: { name, port } }) => {
    const service = services.get(name);
    const pods = run.view.pods?.get(namespace);
    return service === undefined || isServiceOpened(service, called, portsBehind(context, name, port), pods)
      ? []
      : [unreachableBackend(local, caller, service)];
  });
}

/** One configuration may call a Service from many webhooks. */
function callsTo({ controlPlaneCalls }: ClusterView, namespace: string): readonly ControlPlaneCallFacts[] {
  const calls = controlPlaneCalls.filter(({ service }) => service.namespace === namespace);
  const distinct = new Map(calls.map((call) => [`${call.caller} ${call.service.name}`, call]));
  return [...distinct].sort(([a], [b]) => compareText(a, b)).map(([, call]) => call);
}

/** The control plane calls from addresses, or through konnectivity pods of another namespace. */
function isFromElsewhere({ rule: { peers } }: AllowRule): boolean {
  return peers.some((peer) => 'ipBlock' in peer || peer.namespaceSelector !== undefined);
}

function unreachableBackend(
  local: LocalNamespace,
  caller: string,
  { namespace, name }: ServiceFacts,
): Finding {
  return aboutObject('Service', { namespace, name }, 'ControlPlaneShutOut', {
    message: `${caller} makes the control plane call Service \`${name}\`, and no route opens that port of its pods to it: the ring denies the calls`,
    hint: hintToAdd(local, {
      name: suggestedName(name, 'control-plane'),
      from: { kubernetesAPI: {} },
      to: { service: name },
    }),
  });
}
