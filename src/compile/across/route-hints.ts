// What a person does next about a route whose state needs attention.
// Must not know how the state came about, nor how the hint is printed.
import { platformProfileName } from '../../api/platform-network-profile.ts';
import type { Route } from '../../api/route.ts';
import { count, nameSome, quoteSome } from '../../model/counted.ts';
import { nearest } from '../../model/did-you-mean.ts';
import type { RouteReason } from '../../model/findings.ts';
import { withPortName, withProtocol } from '../../model/ports.ts';
import { selects } from '../../model/selectors.ts';
import type { ClusterView } from '../../view/cluster-view.ts';

/** A route with the reason of its state, where it is declared, and what is known around it. */
interface RouteInView {
  readonly compiled: {
    readonly route: Route;
    readonly reason: RouteReason | 'Active';
    readonly suggestion?: string;
    readonly waitsFor?: readonly string[];
  };
  /** The namespace that declares it. */
  readonly namespace: string;
  readonly view: ClusterView;
}

/** More names would hide the hint. */
const maxNamed = 5;

/** What to do next; if there is a suggestion, it follows the hint. Nothing has to be done about a route that is Active for no other reason. */
export function hintForRoute(route: RouteInView): string | undefined {
  const { reason, suggestion } = route.compiled;
  if (reason === 'Active') return undefined;
  return suggestion === undefined ? hints[reason](route) : 'write this instead:';
}

/** The namespace that was probably meant by an end of a route; `undefined` if it exists, or if no name is similar. */
export function namespaceMeant(
  end: Route['from'],
  { namespaces }: Pick<ClusterView, 'namespaces'>,
): string | undefined {
  const name = 'namespace' in end ? end.namespace.name : undefined;
  return name === undefined ? undefined : nearest(name, [...namespaces.keys()]);
}

const platformProfile = `PlatformNetworkProfile \`${platformProfileName}\``;

/** The message says that a platform engineer sets a field, and which. */
const howToSet = () =>
  `\`kubectl explain platformnetworkprofile.spec\` describes the field, and \`kubectl edit platformnetworkprofile ${platformProfileName}\` sets it`;

const askThere = ({ compiled: { waitsFor = [] } }: RouteInView) =>
  waitsFor.length === 0
    ? 'ask the team of that namespace to allow it in a profile there'
    : `ask the team of ${quoteSome(waitsFor, maxNamed)} to allow it in a profile there`;

/** What to do about a route that has no mirror. */
export const hintWithoutMirror =
  'until then, the pods there can use this route only if a profile there allows the egress';

/** One for each reason: a new one does not compile without. */
const hints: Readonly<Record<RouteReason, (route: RouteInView) => string>> = {
  ApiServerUnknown: howToSet,
  BeyondGuardrails: () => 'ask a platform engineer, who would have to allow it in this rule',
  ClosedOnceEnforced: askThere,
  ClusterRangesUnknown: howToSet,
  EgressOpen: () => 'keep it for the day when egress is fenced here, or delete it',
  MirrorsCapped: () => hintWithoutMirror,
  NamespaceMissing: ({ compiled: { route }, view }) => missingNamespace(route.to, view),
  NamespaceMisspelt: ({ compiled: { route }, view }) => missingNamespace(route.from, view),
  NodeRangesUnknown: howToSet,
  NotAdmitted: askThere,
  PartlyConsented: askThere,
  PortsUnclear: () => 'write the port in the same way on both sides: as the same number, or as the same name',
  ServiceExternal: () => 'replace `service` in this route: it means pods of this namespace',
  ServiceMissing: missingService,
  ServicePortMissing: missingPort,
  ServicePortMistaken: () => "write the pods' port",
  ServiceWithoutSelector: () => 'replace `service` in this route, or give the Service a selector',
  SourceClosed: () => 'ask a platform engineer to allow this egress in the rule of that namespace',
  // Had it a similar name, it would be NamespaceMisspelt.
  SourceMissing: ({ compiled: { route } }) => stillToCome(route.from),
  SystemNotDeclared: missingSystem,
  SystemPlaceUnknown: () =>
    `ask a platform engineer to declare its \`namespace\` and \`pods\`, or its \`cidrs\`, in the ${platformProfile}`,
};

function missingNamespace(end: Route['from'], view: ClusterView): string {
  const meant = namespaceMeant(end, view);
  return meant === undefined ? stillToCome(end) : `did you mean \`${meant}\`?`;
}

function stillToCome(end: Route['from']): string {
  const isNamed = 'namespace' in end && end.namespace.name !== undefined;
  return isNamed
    ? 'compare the name with `kubectl get namespaces`; if the namespace is still to come, nothing has to be done'
    : 'compare the labels with `kubectl get namespaces --show-labels`; if the namespace is still to come, nothing has to be done';
}

function missingService({ compiled: { route }, namespace, view }: RouteInView): string {
  const known = [...(view.services.get(namespace)?.keys() ?? [])].sort();
  const meant = servicesNamed(route)
    .filter((name) => !known.includes(name))
    .map((name) => nearest(name, known))
    .find((name) => name !== undefined);
  if (meant !== undefined) return `did you mean \`${meant}\`?`;
  return known.length === 0
    ? `\`${namespace}\` has no Service: create it, or name the pods with \`app\` or \`pods\``
    : `\`${namespace}\` has ${count(known.length, 'Service')}: ${quoteSome(known, maxNamed)}; create this one, or name one of them`;
}

function servicesNamed({ from, to }: Route): readonly string[] {
  return [from, to].flatMap((end) => ('service' in end ? [end.service] : []));
}

/** The message names the ports of the Service; only the tool knows those of its pods. */
function missingPort({ compiled: { route }, namespace, view }: RouteInView): string {
  const advice = 'name one of these, or leave `ports` out to allow all of them';
  const [name = ''] = servicesNamed(route).toReversed();
  const matchLabels = view.services.get(namespace)?.get(name)?.selector;
  const pods = view.pods?.get(namespace) ?? [];
  const declared = pods
    .filter(({ labels }) => matchLabels !== undefined && selects({ matchLabels }, labels))
    .flatMap(({ ports }) => ports);
  const texts = declared
    .toSorted((a, b) => a.number - b.number)
    .map(({ name: port, number, protocol }) => withPortName(`\`${withProtocol(number, protocol)}\``, port));
  if (texts.length === 0) return advice;
  return `${advice}; for another port of its pods, which declare ${nameSome([...new Set(texts)], maxNamed)}, add a port to the Service`;
}

function missingSystem({ compiled: { route }, view }: RouteInView): string {
  const ask = `ask a platform engineer to declare it in the ${platformProfile}`;
  const decoded = view.platform?.decoded;
  if (!decoded?.ok) return ask;
  const { ingressControllers, monitoring } = decoded.value.spec;
  const namesOf = (systems: readonly { readonly name: string }[]) => systems.map(({ name }) => name);
  const named = [route.from, route.to].map((end) => {
    if ('ingressController' in end)
      return { name: end.ingressController.name, names: namesOf(ingressControllers) };
    return 'monitoring' in end
      ? { name: end.monitoring.name, names: namesOf(monitoring) }
      : { name: undefined, names: [] };
  });
  for (const { name = '', names } of named) {
    const meant = nearest(name, names);
    if (meant !== undefined) return `did you mean \`${meant}\`?`;
    const [only, ...others] = names;
    if (name !== '' && only !== undefined && only !== name && others.length === 0)
      return `the platform profile declares only \`${only}\`: name that, or ${ask}`;
  }
  return ask;
}
