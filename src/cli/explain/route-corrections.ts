// What to write in a route that was meant for a denied connection, so that it allows it: another end, or other ports.
// Must not know whether that is enough.
import { parse } from 'yaml';
import { isWorkload } from '../../analyze/endpoints.ts';
import type { AnalysisInput } from '../../analyze/facts.ts';
import { resolvePorts } from '../../analyze/rule-ports.ts';
import { canonicalJson } from '../../model/network-policy.ts';
import { policyPorts } from '../../model/policy-ports.ts';
import { noPorts, type PortSet, portSets } from '../../model/port-set.ts';
import { routePortsOf } from '../../model/port-texts.ts';
import type { MeantRoute } from './meant-routes.ts';
import { isUnserved } from './offered-instead.ts';
import { podsOf } from './single-out.ts';
import type { RouteFields } from './suggested-changes.ts';

/** Fields of a route to write instead of what it says. */
export interface Correction extends Pick<MeantRoute, 'namespace' | 'profile'> {
  readonly route: string;
  readonly fields: RouteFields;
}

/** Corrections of plain mistakes: no other suggestion is as good. */
export function plainCorrections(meant: readonly MeantRoute[]): readonly Correction[] {
  return meant.flatMap((each) => {
    const { slip, compiled } = each;
    if (slip !== undefined) return slip.isPlain ? [correction(each, changedEnds(each))] : [];
    const { state, suggestion } = compiled;
    const fields = state === 'Rejected' && suggestion !== undefined ? fieldsIn(suggestion) : undefined;
    return fields === undefined ? [] : [correction(each, fields)];
  });
}

/**
 * Routes with the right ends whose ports are mistaken: those of a Service, or others on which nothing is known to listen. Ports that are
 * right are for something else.
 */
export function portCorrections(meant: readonly MeantRoute[], input: AnalysisInput): readonly Correction[] {
  return meant.flatMap((each) => {
    const { slip, compiled, parts } = each;
    const { ports, to } = compiled.route;
    // The ports of a Service are its own.
    if (slip !== undefined || compiled.state === 'Rejected' || ports === undefined || 'service' in to)
      return [];
    const asked = portSets.union(...parts.map((part) => part.asked ?? noPorts));
    const ends = parts.flatMap((part) => (isWorkload(part.to) ? [part.to] : []));
    const isServed = (wanted: PortSet) =>
      ends.every((end) => !isUnserved({ to: end, asked: wanted }, input) && !portSets.isEmpty(wanted));
    const declared = ends.flatMap((end) => podsOf(end, input).flatMap((pod) => pod.ports));
    const numbersOf = (some: readonly (number | string)[]) => resolvePorts(policyPorts(some) ?? [], declared);
    const kept = ports.filter((port) => isServed(numbersOf([port])));
    if (kept.length === ports.length || !isServed(asked)) return [];
    const missing = portSets.difference(asked, numbersOf(kept));
    return [correction(each, { ports: [...kept, ...routePortsOf(missing)] })];
  });
}

function correction({ namespace, profile, compiled }: MeantRoute, fields: RouteFields): Correction {
  return { namespace, profile, route: compiled.route.name, fields };
}

function changedEnds({ compiled: { route }, from, to }: MeantRoute): RouteFields {
  return {
    ...(canonicalJson(route.from) === canonicalJson(from) ? {} : { from }),
    ...(canonicalJson(route.to) === canonicalJson(to) ? {} : { to }),
  };
}

/** The fields in the suggestion of a route's state; `undefined` if it is something else, such as a whole profile. */
function fieldsIn(suggestion: string): RouteFields | undefined {
  const fields: unknown = parse(suggestion);
  const isMap = typeof fields === 'object' && fields !== null && !Array.isArray(fields);
  return isMap && Object.keys(fields).every((key) => ['from', 'to', 'ports'].includes(key))
    ? fields
    : undefined;
}
