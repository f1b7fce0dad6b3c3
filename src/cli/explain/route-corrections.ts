// What to write in a route that was meant for a denied connection, so that it allows it: another end, or other ports.
// Must not know whether that is enough.
import { parse } from 'yaml';
import { isWorkload, type WorkloadEnd } from '../../analyze/endpoints.ts';
import type { AnalysisInput } from '../../analyze/facts.ts';
import { offeredByPods } from '../../analyze/offered-ports.ts';
import { resolvePorts } from '../../analyze/rule-ports.ts';
import { canonicalJson } from '../../model/network-policy.ts';
import { policyPorts } from '../../model/policy-ports.ts';
import { noPorts, type PortSet, portSets } from '../../model/port-set.ts';
import { routePortsOf } from '../../model/port-texts.ts';
import { selects } from '../../model/selectors.ts';
import type { MeantRoute } from './meant-routes.ts';
import { servicesBeside } from './offered-instead.ts';
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

/** Routes with the right ends get the ports that they lack, and lose those that they have mistaken for them. */
export function portCorrections(meant: readonly MeantRoute[], input: AnalysisInput): readonly Correction[] {
  return meant.flatMap((each) => {
    const { slip, compiled, parts } = each;
    const { ports, to } = compiled.route;
    // The ports of a Service are its own.
    if (slip !== undefined || compiled.state === 'Rejected' || ports === undefined || 'service' in to)
      return [];
    const asked = portSets.union(...parts.map((part) => part.asked ?? noPorts));
    const ends = parts.flatMap((part) => (isWorkload(part.to) ? [part.to] : []));
    const declared = ends.flatMap((end) => podsOf(end, input).flatMap((pod) => pod.ports));
    const kept = ports.filter((port) => !ends.some((end) => isOfServiceOnly(port, end, input)));
    const missing = portSets.difference(asked, resolvePorts(policyPorts(kept) ?? [], declared));
    if (portSets.isEmpty(missing)) return [];
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

/** Whether a port is that of a Service, which leads to another one, and nothing is known to listen on it at the pods. */
function isOfServiceOnly(port: number | string, end: WorkloadEnd, input: AnalysisInput): boolean {
  const pods = podsOf(end, input);
  const services = servicesBeside(end, input);
  const numbers: PortSet = resolvePorts(policyPorts([port]) ?? [], []);
  if (portSets.isEmpty(numbers) || portSets.overlap(numbers, offeredByPods(pods, services))) return false;
  return services.some(
    ({ selector, ports }) =>
      selector !== undefined &&
      pods.some(({ labels }) => selects({ matchLabels: selector }, labels)) &&
      ports.some((own) =>
        portSets.overlap(numbers, resolvePorts([{ protocol: own.protocol, port: own.port }], [])),
      ),
  );
}
