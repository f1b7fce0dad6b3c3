// From the fields of a policy of ours to the fields of the routes that ask for them.
// Must not know how a mistake is found.
import type { PolicyFacts } from '../../analyze/facts.ts';
import { isolationOf } from '../../analyze/rules.ts';
import type { Route } from '../../api/route.ts';
import type { Compiled } from '../../compile/compile.ts';
import { fieldAt } from '../../compile/local/resolve-routes.ts';
import type { Finding, FindingCode } from '../../model/findings.ts';
import { formatKey } from '../../model/object-key.ts';
import { parsePort, withProtocol } from '../../model/ports.ts';
import type { LintFinding } from '../snapshot/profile-findings.ts';

/** Findings that a route can cause, and which part of it. The operator itself reports routes that repeat others or open much. */
const ofRoutes: Readonly<Partial<Record<FindingCode, 'an end' | 'ports' | 'all of it'>>> = {
  SelectsNoPods: 'an end',
  HostNetworkSelected: 'an end',
  HostNetworkAmongSelected: 'an end',
  PeerSelectsNothing: 'an end',
  BlockCoversPods: 'an end',
  SelectsEveryPod: 'an end',
  PortNotDeclared: 'ports',
  PortNotFollowed: 'ports',
  ServicePortMistaken: 'ports',
  OtherSideDenies: 'all of it',
};

/** Finds a route by `namespace/profile` and its name. */
export type RoutesByName = (profile: string, route: string) => Route | undefined;

/** The compiled routes by their names. */
export function routesByName({ namespaces }: Compiled): RoutesByName {
  const profiles = new Map(
    namespaces.flatMap(({ profiles: here }) =>
      here.map(({ profile, routes }) => [formatKey(profile), routes.map(({ route }) => route)] as const),
    ),
  );
  return (profile, name) => profiles.get(profile)?.find((route) => route.name === name);
}

/** A finding about one of our policies, as one about each route that asks for the rule. */
export function findingsOfRoutes(
  finding: Finding,
  policy: PolicyFacts,
  routes: RoutesByName,
): readonly LintFinding[] {
  const { owner, origins = [], namespace } = policy;
  if (owner?.kind !== 'AppNetworkProfile' || ofRoutes[finding.code] === undefined) return [];
  const [, rule] = /^spec\.(?:in|e)gress\[(\d+)\]/.exec(finding.path ?? '') ?? [];
  const blamed = rule === undefined ? origins.flat() : (origins[Number(rule)] ?? []);
  const key = { namespace, name: owner.name };
  return [...new Set(blamed)].map((name) => {
    const route = routes(formatKey(key), name);
    const part = route === undefined ? '' : partOf(route, finding, policy);
    return {
      ...finding,
      subject: { kind: 'AppNetworkProfile', ...key },
      path: `spec.routes[${name}]${part}`,
      message: `route \`${name}\`: ${finding.message}`,
    };
  });
}

/** The field of a route from which the field of a policy comes, as in `.to.app`, `.ports[1]`. */
function partOf(route: Route, { code, path = '' }: Finding, { spec }: PolicyFacts): string {
  if (ofRoutes[code] === 'ports') return `.${portOf(route, path, spec)}`;
  return ofRoutes[code] === 'an end' ? `.${endAt(route, path, spec)}` : '';
}

/** The own end, which the policy selects, or the other one, which is a peer. */
function endAt(route: Route, path: string, spec: PolicyFacts['spec']): string {
  const [, side] = /^spec\.(?:in|e)gress\[\d+\]\.(from|to)\[/.exec(path) ?? [];
  if (side === undefined) return fieldAt(route, isolationOf(spec).includes('Ingress') ? 'to' : 'from');
  const peer = side === 'from' ? 'from' : 'to';
  const end = route[peer];
  const isPods = path.endsWith('.podSelector') && 'namespace' in end && end.namespace.pods !== undefined;
  return isPods ? `${peer}.namespace.pods` : fieldAt(route, peer);
}

/** The port that was written, unless a Service translates it to others. */
function portOf({ ports = [] }: Route, path: string, { ingress, egress }: PolicyFacts['spec']): string {
  const [, direction, rule, index] = /^spec\.(in|e)gress\[(\d+)\]\.ports\[(\d+)\]/.exec(path) ?? [];
  const rules = direction === 'in' ? ingress : egress;
  const found = rules?.[Number(rule)]?.ports?.[Number(index)];
  if (found?.port === undefined) return 'ports';
  const { port, endPort, protocol = 'TCP' } = found;
  const wanted = parsePort(withProtocol(endPort === undefined ? port : `${port}-${endPort}`, protocol));
  const place = ports.findIndex((each) => JSON.stringify(parsePort(each)) === JSON.stringify(wanted));
  return place < 0 ? 'ports' : `ports[${place}]`;
}

/** The route that a path leads into, and which part of it; `undefined` if it leads elsewhere. */
export function routeIn(
  path: string,
): { readonly route: string; readonly part: string | undefined } | undefined {
  const [, route, part] = /^spec\.routes\[([^\]]+)\](?:\.(from|to|ports)\b)?/.exec(path) ?? [];
  return route === undefined ? undefined : { route, part };
}

/** Whether a path leads to what another one is about: into it, or to the same part of a route, or to all of this. */
export function isAboutPart(path: string, other: string): boolean {
  const [inner, outer] = [routeIn(path), routeIn(other)];
  if (inner === undefined || outer === undefined) return path.startsWith(other);
  if (inner.route !== outer.route) return false;
  return inner.part === undefined || outer.part === undefined || inner.part === outer.part;
}
