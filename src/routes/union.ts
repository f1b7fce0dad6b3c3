// The union of route ends, derived from a table of them: exactly one member, never none.
// Must not know which ends there are.
import type * as z from 'zod';
import type { RouteEnd, RouteSide } from './route-end.ts';
import { type Constraint, constrain, exactlyOne, listWords, member } from './schema/constraint.ts';
import { fields } from './schema/fields.ts';

/**
 * The schema of one side of a route.
 *
 * The API server prunes an end that an old CRD doesn't know. The rest, `{}`, must be invalid, because in Kubernetes
 * an empty peer means "everyone".
 */
export function routeEndUnion(ends: readonly RouteEnd[], side: RouteSide): z.ZodType {
  const allowed = ends.filter((end) => end.sides.includes(side));
  const names = allowed.map((end) => end.name);
  const shape = Object.fromEntries(
    allowed.map((end) => [end.name, end.schema.describe(end.description).exactOptional()]),
  );
  const object = fields(shape).meta({
    title: allowed.length === ends.length ? 'route end' : `route end of \`${side}\``,
    about: 'The source or destination of traffic. Its one member defines the kind of end.',
    minProperties: 1,
    // Under server-side apply, the ends of two writers must replace each other and never merge into two members.
    'x-kubernetes-map-type': 'atomic',
  });
  return constrain(object, {
    rule: exactlyOne(names),
    message: `must have exactly one of ${listWords(names, 'and')}`,
    holds: (value) => Object.keys(value).length === 1,
    explain: (value) => {
      const present = Object.keys(value);
      return present.length === 0 ? 'it has none' : `${listWords(present, 'and')} are set`;
    },
  });
}

/** The constraint that one end of a route is in the profile's own namespace. */
export function oneEndIsLocal(
  ends: readonly RouteEnd[],
): Constraint<{ readonly from: object; readonly to: object }> {
  const here = ends.filter((end) => end.isLocal);
  const names = here.map((end) => end.name);
  const present = (['from', 'to'] as const).flatMap((side) =>
    here.filter((end) => end.sides.includes(side)).map((end) => `has(${member(side, end.name)})`),
  );
  return {
    rule: present.join(' || '),
    message: `must have an end in this namespace: \`from\` or \`to\` must be ${listWords(names, 'or')}`,
    holds: ({ from, to }) => names.some((name) => name in from || name in to),
  };
}
