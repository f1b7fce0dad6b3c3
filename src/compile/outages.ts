// Findings that prevent outages: what a ring would cut off that somebody relies on, each with the route to add.
// Looks at what is opened, however it came about; must not know profiles.
import type { ClusterView } from '../api/cluster-view.ts';
import type { Finding } from '../model/findings.ts';
import { compareKeys, compareText } from '../model/object-key.ts';
import { asksNoMore } from '../model/selector-order.ts';
import { selectsEverything } from '../model/selectors.ts';
import type { ControlPlaneCallFacts, ServiceFacts } from '../model/services.ts';
import { endOf } from '../routes/index.ts';
import type { Opening } from './openings.ts';
import type { CompiledProfile } from './profiles.ts';
import { suggestedName, suggestRoute } from './suggestion.ts';

/** What in a ringed namespace is about to be, or is, cut off. */
export function outageFindings(
  view: ClusterView,
  namespace: string,
  openings: readonly Opening[],
): readonly Finding[] {
  const services = [...(view.services.get(namespace)?.values() ?? [])].sort(compareKeys);
  return [
    ...services
      .filter((service) => isEntrance(service) && !isOpened(service, openings))
      .map((service) => unreachableEntrance(namespace, service)),
    ...callsTo(view, namespace).flatMap(({ caller, service: { name } }) => {
      const service = view.services.get(namespace)?.get(name);
      return service === undefined || isOpened(service, openings)
        ? []
        : [unreachableBackend(namespace, caller, service)];
    }),
  ];
}

/** One configuration may call a Service from many webhooks. */
function callsTo({ controlPlaneCalls }: ClusterView, namespace: string): readonly ControlPlaneCallFacts[] {
  const calls = controlPlaneCalls.filter(({ service }) => service.namespace === namespace);
  const distinct = new Map(calls.map((call) => [`${call.caller} ${call.service.name}`, call]));
  return [...distinct].sort(([a], [b]) => compareText(a, b)).map(([, call]) => call);
}

/** Routes that open every pod of the namespace, often because a selector is empty by accident. */
export function wideRouteFindings(profiles: readonly CompiledProfile[]): readonly Finding[] {
  return profiles.flatMap(({ profile, routes }) =>
    routes
      .filter(({ openings }) =>
        openings.some((opening) => isWayIn(opening) && selectsEverything(opening.pods)),
      )
      .map(({ route }) => ({
        code: 'OpensWholeNamespace' as const,
        subject: { kind: 'AppNetworkProfile' as const, namespace: profile.namespace, name: profile.name },
        path: `spec.routes[${route.name}].to`,
        message: `route \`${route.name}\` opens every pod of the namespace: \`${endOf(route.to).end.name}\` selects all of them`,
        hint: 'name the pods that are meant with `app`, `service`, or labels in `pods`',
      })),
  );
}

function isEntrance({ type, selector }: ServiceFacts): boolean {
  return (type === 'LoadBalancer' || type === 'NodePort') && selector !== undefined;
}

/** Also where there is nothing to open: an ExternalName has no pods, whatever selector is left on it. */
function isOpened({ type, selector }: ServiceFacts, openings: readonly Opening[]): boolean {
  if (type === 'ExternalName' || selector === undefined) return true;
  return openings.some((opening) => isWayIn(opening) && asksNoMore(opening.pods, { matchLabels: selector }));
}

function isWayIn({ direction }: Opening): boolean {
  return direction === 'Ingress';
}

function unreachableEntrance(namespace: string, { name, type }: ServiceFacts): Finding {
  return {
    code: 'EntranceClosed',
    subject: { kind: 'Namespace', name: namespace },
    message: `Service \`${name}\` is a ${type}, and no route opens its pods: the ring denies what comes in through it`,
    hint: `add to a profile in \`${namespace}\`:\n${suggestRoute({ name, from: { anywhere: {} }, to: { service: name } })}`,
  };
}

function unreachableBackend(namespace: string, caller: string, { name }: ServiceFacts): Finding {
  return {
    code: 'ControlPlaneShutOut',
    subject: { kind: 'Namespace', name: namespace },
    message: `${caller} makes the control plane call Service \`${name}\`, and no route opens its pods: the ring denies the calls`,
    hint: `add to a profile in \`${namespace}\`:\n${suggestRoute({ name: suggestedName(name, 'control-plane'), from: { kubernetesAPI: {} }, to: { service: name } })}`,
  };
}
