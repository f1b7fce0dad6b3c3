// The routes that were probably meant to allow a denied connection: they name its ends, one of them perhaps misspelt, but are not in
// force, or for others. Must not know what to suggest instead.
import { type Endpoint, isWorkload, readRange, type WorkloadEnd } from '../../analyze/endpoints.ts';
import type { Explanation } from '../../analyze/explain.ts';
import { type CompiledRoute, messageWithHint } from '../../compile/across/route-states.ts';
import { type CompiledNamespace, compile } from '../../compile/compile.ts';
import { nearest } from '../../model/did-you-mean.ts';
import { contains, parseStoredCidr } from '../../model/ip-ranges.ts';
import { type LabelSelector, type Labels, selects } from '../../model/selectors.ts';
import { endOf, type RouteEndValue } from '../../routes/index.ts';
import { appLabelOf, type ClusterSnapshot } from '../snapshot/cluster-snapshot.ts';
import { stateWords } from '../snapshot/profile-findings.ts';
import type { KnownEnd, KnownEnds } from './known-addresses.ts';
import { podsOf } from './single-out.ts';

/** More of these would hide the answer. */
const maxRoutes = 3;

/** What the matching of ends looks at. */
interface Place {
  /** The namespace that declares the route. */
  readonly namespace: string;
  readonly snapshot: ClusterSnapshot;
}

/** How a route end names an end of the question: with which slips; `undefined` if it does not mean it. */
type Slips = readonly string[] | undefined;

/** A note on each route that was probably meant, with its state and what to do about it. */
export function meantRoutes(
  parts: readonly Explanation[],
  known: KnownEnds,
  snapshot: ClusterSnapshot,
): readonly string[] {
  const denied = parts.filter(({ allowed }) => !allowed);
  const declaring = new Set(
    denied.flatMap(({ from, to }) =>
      [from, to].flatMap((end) => (isWorkload(end) ? end.workload.namespace : [])),
    ),
  );
  if (declaring.size === 0) return [];
  const compiled = compile(snapshot.cluster.view()).namespaces.filter(({ namespace }) =>
    declaring.has(namespace),
  );
  const notes = compiled.flatMap((here) =>
    routesIn(here).flatMap(({ profile, route }) => {
      const place = { namespace: here.namespace, snapshot };
      const slips = denied
        .map((part) => slipsOf(route.route, part, known, place))
        .find((each) => each !== undefined);
      return slips === undefined ? [] : describe(profile, route, slips);
    }),
  );
  return notes.slice(0, maxRoutes);
}

function routesIn({ profiles }: CompiledNamespace) {
  return profiles.flatMap(({ profile, routes }) => routes.map((route) => ({ profile: profile.name, route })));
}

function describe(profile: string, compiled: CompiledRoute, slips: readonly string[]): readonly string[] {
  const { route, state } = compiled;
  const name = `route \`${route.name}\` of profile \`${profile}\``;
  const [slip] = slips;
  if (slip !== undefined) return [`${name} was perhaps meant for this, but says ${slip}`];
  // What is in force is among the reasons of the answer, or in no way concerned.
  if (state === 'Active' || state === 'NotNeeded') return [];
  return [`${name} is meant for this, but ${stateWords[state]}: ${messageWithHint(compiled)}`];
}

/** The slips of both ends; a route with more than one means something else. */
function slipsOf(
  route: { readonly from: RouteEndValue; readonly to: RouteEndValue },
  { from, to }: Explanation,
  known: KnownEnds,
  place: Place,
): Slips {
  const source = slipsAt(route.from, { end: from, known: known.from }, place);
  const target = slipsAt(route.to, { end: to, known: known.to }, place);
  const slips = source && target && [...source, ...target];
  return slips === undefined || slips.length > 1 ? undefined : slips;
}

/** An end of the question, and what is known of it. */
interface AskedEnd {
  readonly end: Endpoint;
  readonly known: KnownEnd | undefined;
}

function slipsAt(written: RouteEndValue, { end, known }: AskedEnd, place: Place): Slips {
  if (known?.isNamed && isSameEnd(written, known)) return [];
  if (isWorkload(end)) return slipsAtPods(written, end, place);
  return meansAddresses(written, end.cidr, known) ? [] : undefined;
}

function slipsAtPods(written: RouteEndValue, end: WorkloadEnd, place: Place): Slips {
  const { namespace, snapshot } = place;
  const there = end.workload.namespace;
  const labels = podsOf(end, snapshot.facts).map((pod) => pod.labels);
  if ('namespace' in written) {
    const { name, selector = {}, pods = {} } = written.namespace;
    const isSelected = selects(selector, snapshot.cluster.view().namespaces.get(there)?.labels ?? {});
    const names = [...snapshot.cluster.view().namespaces.keys()];
    const ofNamespace = name === undefined ? (isSelected ? [] : undefined) : slip(name, [there], names);
    return both(ofNamespace, slipsInSelector(pods, labels, there, snapshot));
  }
  if (there !== namespace) return undefined;
  if ('app' in written)
    return slipsInSelector({ matchLabels: { [appLabelOf(snapshot)]: written.app } }, labels, there, snapshot);
  if ('pods' in written) return slipsInSelector(written.pods, labels, there, snapshot);
  if (!('service' in written)) return undefined;
  const services = [...(snapshot.cluster.view().services.get(there)?.values() ?? [])];
  const leading = services.filter(({ selector }) =>
    labels.some((each) => selector !== undefined && selects({ matchLabels: selector }, each)),
  );
  const namesOf = (some: typeof services) => some.map(({ name }) => name);
  // People expect a Service to be named like its workload.
  return slip(written.service, [...namesOf(leading), end.workload.name], namesOf(services));
}

function isSameEnd(written: RouteEndValue, { end }: KnownEnd): boolean {
  return end !== undefined && endOf(written).end === endOf(end).end;
}

function meansAddresses(written: RouteEndValue, cidr: string, known: KnownEnd | undefined): boolean {
  if ('anywhere' in written || (known !== undefined && isSameEnd(written, known))) return true;
  if ('internet' in written) return known === undefined;
  if (!('cidr' in written)) return false;
  const range = parseStoredCidr(written.cidr.cidr);
  return range.ok && contains(range.value, readRange(cidr));
}

/** @param labels those of the pods in question */
function slipsInSelector(
  { matchLabels = {}, matchExpressions = [] }: LabelSelector,
  labels: readonly Labels[],
  namespace: string,
  { facts }: ClusterSnapshot,
): Slips {
  if (!labels.some((each) => selects({ matchExpressions }, each))) return undefined;
  const here = facts.workloads.filter((workload) => workload.namespace === namespace);
  const all = here.flatMap(({ pods }) => pods.map((pod) => pod.labels));
  const valuesIn = (some: readonly Labels[], key: string) => some.flatMap((each) => each[key] ?? []);
  return Object.entries(matchLabels)
    .map(([key, value]) => slip(value, valuesIn(labels, key), valuesIn(all, key)))
    .reduce(both, []);
}

function both(a: Slips, b: Slips): Slips {
  return a && b && [...a, ...b];
}

/** @param existing what the word may mean instead: then it is no slip */
function slip(written: string, wanted: readonly string[], existing: readonly string[]): Slips {
  if (wanted.includes(written)) return [];
  const meant = existing.includes(written) ? undefined : nearest(written, wanted);
  return meant === undefined ? undefined : [`\`${written}\`: did you mean \`${meant}\`?`];
}
