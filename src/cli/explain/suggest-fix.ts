// What to add so that a denied connection is allowed: routes if the namespace is ringed, NetworkPolicies if it is not.
// Under guardrails, it says whom to ask, and offers no way around them. Every suggestion is tested: the snapshot with it is compiled and the question is asked again.
import { parse } from 'yaml';
import { analyze } from '../../analyze/analysis.ts';
import {
  type Endpoint,
  formatEndpoint,
  isSameWorkload,
  isWorkload,
  type WorkloadEnd,
} from '../../analyze/endpoints.ts';
import type { Explanation, SideExplanation } from '../../analyze/explain.ts';
import type { AnalysisInput, PodFacts } from '../../analyze/facts.ts';
import { type SuggestedRoute, suggestedName, suggestProfile } from '../../api/suggested-profile.ts';
import { compile } from '../../compile/compile.ts';
import { formatKey, type ObjectKey } from '../../model/object-key.ts';
import { isEveryPort, type PortSet } from '../../model/port-set.ts';
import { portTexts } from '../../model/port-texts.ts';
import { protocols } from '../../model/ports.ts';
import { type Labels, namespaceNamed } from '../../model/selectors.ts';
import { asStored, type WrittenObject } from '../../objects/as-stored.ts';
import { toYaml } from '../output/formats.ts';
import { type ClusterSnapshot, snapshotOf } from '../snapshot/cluster-snapshot.ts';
import { type Enforced, inForce } from '../snapshot/in-force.ts';
import { answer, type Question } from './answer.ts';
import type { KnownAddress } from './known-addresses.ts';

type Side = 'ingress' | 'egress';

/** The question, and the snapshot. */
export interface Denied {
  readonly question: Question;
  readonly parts: readonly Explanation[];
  /** What the address in the question is. */
  readonly known: KnownAddress | undefined;
  readonly snapshot: ClusterSnapshot;
  readonly enforced: Enforced;
  readonly operatorNamespace: string;
}

/** With more pairs than this, there is no suggestion: nobody would paste it. */
const maxParts = 10;

/** What to do about a denial. */
export interface Fix {
  /** YAML for `kubectl apply` that allows what was asked about. */
  readonly suggestion?: string;
  /** Why a team can add nothing that allows it, and who can. */
  readonly obstacle?: string;
}

/** Looks for objects to add; there is neither a suggestion nor an obstacle if nobody knows any. */
export function suggestFix(denied: Denied): Fix {
  const parts = denied.parts.filter(({ allowed }) => !allowed);
  if (parts.length > maxParts) return {};
  const ringed = ringedIn(denied.snapshot);
  const waysAt = (side: Side) => {
    const closed = parts.flatMap((part) => lackingAt(part, side));
    return {
      closed,
      routes: closed.flatMap((part) => routesFor(part, side, denied)),
      policies: closed.flatMap((part) => policiesFor(part, side, denied.snapshot, ringed)),
    };
  };
  const [ingress, egress] = [waysAt('ingress'), waysAt('egress')];
  // Often the egress opens by itself if the ingress is declared; without a ring, routes have no meaning.
  const candidates = [
    ingress.routes,
    egress.routes,
    [...ingress.routes, ...egress.routes],
    ingress.policies,
    egress.policies,
    [...ingress.routes, ...egress.policies],
    [...ingress.policies, ...egress.routes],
    [...ingress.policies, ...egress.policies],
  ];
  const found = candidates
    .map((texts) => [...new Set(texts)])
    .find((texts) => texts.length > 0 && isAllowedWith(texts, denied));
  if (found !== undefined) return { suggestion: found.join('\n---\n') };
  const obstacle =
    guardrailAgainst([...ingress.routes, ...egress.routes], denied) ??
    foreignObstacle([
      ...ingress.closed.map((part) => part.ingress),
      ...egress.closed.map((part) => part.egress),
    ]);
  return obstacle === undefined ? {} : { obstacle };
}

/** The namespaces with a ring, or that get one when their dry run ends: there, a route is the only thing to add. */
function ringedIn({ cluster }: ClusterSnapshot): ReadonlySet<string> {
  const { namespaces } = compile(cluster.view());
  const ringed = namespaces.filter(({ enforcement = 'Off' }) => enforcement !== 'Off');
  return new Set(ringed.map(({ namespace }) => namespace));
}

/** The guardrail that refuses one of these profiles. */
function guardrailAgainst(texts: readonly string[], denied: Denied): string | undefined {
  const { cluster } = withAdded(texts, denied);
  const states = compile(cluster.view()).namespaces.flatMap(({ profiles }) =>
    profiles.flatMap(({ profile, routes }) => routes.map((route) => ({ profile, route }))),
  );
  const names = new Set(texts.map((text) => formatKey((parse(text) as { metadata: ObjectKey }).metadata)));
  const refused = states.find(
    ({ profile, route: { reason } }) => reason === 'BeyondGuardrails' && names.has(formatKey(profile)),
  );
  if (refused === undefined) return undefined;
  const isOfAddresses = denied.parts.some(({ from, to }) => !isWorkload(from) || !isWorkload(to));
  const what = isOfAddresses ? 'these addresses to `allow.cidrs`' : 'this end to `allow.ends`';
  return `no route of \`${refused.profile.namespace}\` may allow it: ${refused.route.message}; ask a platform engineer, who would have to add ${what} of this rule`;
}

/** The policy of somebody else that denies: policies add up, but a route does not open what others close. */
function foreignObstacle(sides: readonly SideExplanation[]): string | undefined {
  const foreign = sides.flatMap(({ policies }) => policies.filter(({ owner }) => owner === undefined));
  const [first] = foreign;
  if (first === undefined) return undefined;
  return `a route does not open it: \`${formatKey(first)}\`, which Ringfence did not write, denies it; change or delete that policy`;
}

/** What a side must allow in addition: if both sides allow ports, but none in common, the ports of the other side. */
function lackingAt(part: Explanation, side: Side): readonly Explanation[] {
  if (!part[side].allows) return [part];
  const other = part[side === 'ingress' ? 'egress' : 'ingress'];
  return other.allows && part.asked === undefined ? [{ ...part, asked: other.ports }] : [];
}

function isAllowedWith(texts: readonly string[], denied: Denied): boolean {
  const { facts } = inForce(withAdded(texts, denied), denied.enforced);
  return answer(analyze(facts), denied.question).allowed;
}

/** The snapshot after `kubectl apply` of some objects. */
function withAdded(texts: readonly string[], { snapshot, operatorNamespace }: Denied): ClusterSnapshot {
  const added = texts.map((text) => asStored(parse(text) as WrittenObject));
  return snapshotOf([...snapshot.objects, ...added], operatorNamespace);
}

function appLabelOf({ cluster }: ClusterSnapshot): string {
  const decoded = cluster.view().platform?.decoded;
  return decoded?.ok ? decoded.value.spec.appLabel : 'app.kubernetes.io/name';
}

/** A profile in the namespace of the side that denies. */
function routesFor(part: Explanation, side: Side, { snapshot, known }: Denied): readonly string[] {
  const here = side === 'ingress' ? part.to : part.from;
  if (!isWorkload(here)) return [];
  const { facts } = snapshot;
  const appLabel = appLabelOf(snapshot);
  const { namespace } = here.workload;
  const end = (each: Endpoint) =>
    isWorkload(each) ? podsEnd(each, namespace, facts, appLabel) : (known?.end ?? addressesEnd(each));
  const name = suggestedName(`${nameOf(part.from)}-to-${nameOf(part.to)}`);
  // The API server answers on ports of its own, which its end brings along.
  const ports = known?.bringsPorts && !isWorkload(part.to) ? undefined : portsOf(part, facts);
  const route: SuggestedRoute = { name, from: end(part.from), to: end(part.to), ports };
  const profile = freeName(name, 'AppNetworkProfile', namespace, snapshot);
  return [suggestProfile(namespace, profile, route)];
}

/** A name that no object there has, because `kubectl apply` would overwrite it. */
function freeName(name: string, kind: string, namespace: string, { objects }: ClusterSnapshot): string {
  const siblings = objects.filter(
    (object) => object.kind === kind && object.metadata.namespace === namespace,
  );
  const taken = new Set(siblings.map(({ metadata }) => metadata.name));
  let free = name;
  for (let number = 2; taken.has(free); number += 1) free = suggestedName(`${name}-${number}`);
  return free;
}

function podsEnd(end: WorkloadEnd, here: string, facts: AnalysisInput, appLabel: string): object {
  const { namespace } = end.workload;
  const labels = steadyLabels(end, facts);
  const app = labels[appLabel];
  const matchLabels = app === undefined ? labels : { [appLabel]: app };
  if (namespace !== here) return { namespace: { name: namespace, pods: { matchLabels } } };
  return app === undefined ? { pods: { matchLabels } } : { app };
}

function addressesEnd({ cidr, except }: Exclude<Endpoint, WorkloadEnd>): object {
  if (cidr === '0.0.0.0/0' || cidr === '::/0') return { anywhere: {} };
  return { cidr: { cidr, ...(except === undefined ? {} : { except }) } };
}

/** Labels that controllers set on single pods, or on the pods of one version: a selector must not use them. */
const transient =
  /^(pod-template-hash|controller-revision-hash|pod-template-generation|(batch\.kubernetes\.io\/)?(controller-uid|job-name|job-completion-index)|statefulset\.kubernetes\.io\/pod-name|apps\.kubernetes\.io\/pod-index)$/;

function podsOf(end: WorkloadEnd, { workloads }: AnalysisInput): readonly PodFacts[] {
  return workloads.find((workload) => isSameWorkload({ workload }, end))?.pods ?? [];
}

function steadyLabels(end: WorkloadEnd, facts: AnalysisInput): Labels {
  const pod = podsOf(end, facts).find(({ name = '' }) => end.pods?.includes(name) ?? true);
  return Object.fromEntries(Object.entries(pod?.labels ?? {}).filter(([key]) => !transient.test(key)));
}

function nameOf(end: Endpoint): string {
  const name = isWorkload(end) ? end.workload.name : formatEndpoint({ cidr: end.cidr });
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}

/** The requested ports; without any, the ports that the containers declare. */
function portsOf({ to, asked }: Explanation, facts: AnalysisInput): readonly (number | string)[] | undefined {
  if (asked !== undefined) return isEveryPort(asked) ? undefined : portTexts(asked).map(writtenPort);
  if (!isWorkload(to)) return undefined;
  const [pod] = podsOf(to, facts);
  const declared = (pod?.ports ?? []).map(({ protocol, number }) =>
    writtenPort(protocol === 'TCP' ? `${number}` : `${number}/${protocol}`),
  );
  return declared.length === 0 ? undefined : [...new Set(declared)];
}

/** A port in the format of a profile: a plain number stays a number in YAML. */
function writtenPort(text: string): number | string {
  return /^\d+$/.test(text) ? Number(text) : text;
}

/** A NetworkPolicy for the side that denies; none in a ringed namespace, whose platform would not expect it. */
function policiesFor(
  part: Explanation,
  side: Side,
  snapshot: ClusterSnapshot,
  ringed: ReadonlySet<string>,
): readonly string[] {
  const [here, other] = side === 'ingress' ? [part.to, part.from] : [part.from, part.to];
  if (!isWorkload(here) || ringed.has(here.workload.namespace)) return [];
  const { facts } = snapshot;
  const { namespace } = here.workload;
  const rule = {
    [side === 'ingress' ? 'from' : 'to']: [peerOf(other, namespace, facts)],
    ...(part.asked === undefined ? {} : { ports: policyPorts(part.asked) }),
  };
  const name = suggestedName(`${nameOf(part.from)}-to-${nameOf(part.to)}-${side}`);
  const policy = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: freeName(name, 'NetworkPolicy', namespace, snapshot), namespace },
    spec: {
      podSelector: { matchLabels: steadyLabels(here, facts) },
      policyTypes: [side === 'ingress' ? 'Ingress' : 'Egress'],
      [side]: [rule],
    },
  };
  return [toYaml(policy).trimEnd()];
}

function peerOf(end: Endpoint, here: string, facts: AnalysisInput): object {
  if (!isWorkload(end)) return { ipBlock: end };
  const { namespace } = end.workload;
  const elsewhere = { namespaceSelector: namespaceNamed(namespace) };
  return { ...(namespace === here ? {} : elsewhere), podSelector: { matchLabels: steadyLabels(end, facts) } };
}

function policyPorts(ports: PortSet): readonly object[] {
  return protocols.flatMap((protocol) =>
    ports[protocol].map(({ first, last }) => ({
      protocol,
      port: first,
      ...(first === last ? {} : { endPort: last }),
    })),
  );
}
