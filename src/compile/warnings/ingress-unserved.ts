// Ingresses and routes of the Gateway API that no known ingress controller serves, so that the ring denies what comes in through them.
// Checks the allow rules, whatever their origin; must not know profiles.
import { suggestedName } from '../../api/suggested-profile.ts';
import { quoteSome } from '../../model/counted.ts';
import type { Finding } from '../../model/findings.ts';
import { canonicalJson } from '../../model/network-policy.ts';
import { formatKey } from '../../model/object-key.ts';
import { selects } from '../../model/selectors.ts';
import type { AllowRule } from '../local/allow-rule.ts';
import { aboutExposing, nameOfExposing, type Unserved } from '../local/exposures.ts';
import { hintToAdd } from '../local/suggested-routes.ts';
import { gatewayPods } from '../platform/gateway-namespaces.ts';
import { defaultClasses, servingIngresses } from '../platform/served-classes.ts';
import { ingressControllers } from '../platform/systems.ts';
import { isIngress, isServiceOpened, portsBehind } from './opened-services.ts';
import type { CheckedNamespace } from './warning-check.ts';

/** `IngressUnserved` */
export function ingressUnserved(checked: CheckedNamespace): readonly Finding[] {
  return checked.local.exposures.unserved.flatMap((exposer) => unservedFinding(checked, exposer));
}

function unservedFinding(checked: CheckedNamespace, exposer: Unserved): readonly Finding[] {
  const { context } = checked.local;
  const { namespace, services } = context;
  const { object, backends, why } = exposer;
  const open = checked.routeRules.filter((rule) => isIngress(rule) && mayLetIn(checked, rule, why));
  const [closed] = backends.filter(({ name, port }) => {
    const service = services.get(name);
    const pods = checked.run.view.pods?.get(namespace);
    return service && !isServiceOpened(service, open, portsBehind(context, name, port), pods);
  });
  if (closed === undefined) return [];
  const { what, hint } = describeUnserved(checked, exposer, closed.name);
  return [
    aboutExposing(namespace, object, 'IngressUnserved', {
      ...(why.kind === 'NotDeclared' && object.kind === 'Ingress' ? { path: 'spec.ingressClassName' } : {}),
      message: `${nameOfExposing(object)}${what}, and no route opens the pods of its Service \`${closed.name}\` to it: the ring denies what comes in through it`,
      hint,
    }),
  ];
}

/**
 * Whether a rule may let in the ingress controller: it runs on nodes, in another namespace, or as the pods of a Gateway of this one.
 * Declared ingress controllers are known to serve something else.
 */
function mayLetIn(
  { run, local }: CheckedNamespace,
  { rule: { peers } }: AllowRule,
  why: Unserved['why'],
): boolean {
  const declared = why.kind === 'NotDeclared' ? ingressControllers(run.view, run.spec) : [];
  const others = new Set(declared.flatMap((system) => system.peers ?? []).map(canonicalJson));
  return peers.some((peer) => {
    if (others.has(canonicalJson(peer))) return false;
    if ('ipBlock' in peer || peer.namespaceSelector !== undefined) return true;
    if (why.kind !== 'GatewayNotCounted' || why.gateway.namespace !== local.context.namespace) return false;
    return selects(peer.podSelector ?? {}, gatewayPods(why.gateway));
  });
}

function describeUnserved(
  checked: CheckedNamespace,
  { object, why }: Unserved,
  service: string,
): { readonly what: string; readonly hint: string } {
  const { local } = checked;
  const { namespace } = local.context;
  const name = suggestedName(service, 'users');
  switch (why.kind) {
    case 'NotDeclared':
      return describeUndeclared(checked, object.kind === 'Ingress', why.className);
    case 'PlaceUnknown':
      return {
        what: ' is served by an ingress controller on nodes whose addresses are not known',
        hint: 'a platform engineer sets the addresses of the nodes in `spec.cluster.nodeRanges` of the platform profile',
      };
    case 'GatewayNotCounted':
      return {
        what: ` is attached to Gateway \`${formatKey(why.gateway)}\`, whose pods run beside it in a namespace whose Gateways do not count as ingress controllers`,
        hint:
          why.gateway.namespace === namespace
            ? `${why.howToCount}\nor ${hintToAdd(local, { name, from: { pods: { matchLabels: gatewayPods(why.gateway) } }, to: { service } })}`
            : why.howToCount,
      };
    case 'NotFollowed':
      return {
        what: ` is attached to \`${why.parent}\`, whose ingress controller is not known`,
        hint: `attach it to a Gateway or a ListenerSet of \`gateway.networking.k8s.io/v1\`, or ${hintToAdd(local, { name, from: { ingressController: {} }, to: { service } })}`,
      };
  }
}

function describeUndeclared(
  { run: { view, spec } }: CheckedNamespace,
  isOfIngress: boolean,
  className: string | undefined,
): { readonly what: string; readonly hint: string } {
  const controllers = isOfIngress ? servingIngresses(spec) : spec.ingressControllers;
  const served = controllers.map(({ name, classes = [] }) => `\`${name}\` serves ${quoteSome(classes, 5)}`);
  const who = served.length === 0 ? 'it declares none' : served.join(', ');
  const unserved = `is not served by any ingress controller in the platform profile (${who})`;
  const declare =
    'a platform engineer declares its ingress controller in `spec.ingressControllers` of the platform profile, with its class if the entry has `classes`';
  const hint =
    isOfIngress && served.length > 0
      ? `set \`spec.ingressClassName\` to a class that is served, or ${declare}`
      : declare;
  if (className !== undefined) return { what: `, of class \`${className}\`, ${unserved}`, hint };
  const defaults = defaultClasses(view);
  const why =
    defaults.length === 0
      ? 'no IngressClass is known to be the default'
      : `the default class is ${quoteSome(defaults, 5)}`;
  return { what: ` has no class, and ${why}: it ${unserved}`, hint };
}
