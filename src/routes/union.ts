// The union of route ends, derived from a table of them: exactly one member, never none.
// Must not know which ends there are.
import type * as z from 'zod';
import { type RouteEnd, routeSides } from './route-end.ts';
import { type Constraint, constrain, exactlyOne, listWords, member } from './schema/constraint.ts';
import { fields } from './schema/fields.ts';

/**
 * The schema of an end of a route.
 *
 * The API server prunes an end that an old CRD doesn't know. The rest, `{}`, must be invalid, because in Kubernetes
 * an empty peer means "everyone".
 */
export function routeEndUnion(ends: readonly RouteEnd[]): z.ZodType {
  const names = ends.map((end) => end.name);
  const shape = Object.fromEntries(
    ends.map((end) => [end.name, end.schema.describe(end.description).exactOptional()]),
  );
  const object = fields(shape).meta({
    title: 'route end',
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
  const names = ends.filter((end) => end.pods !== undefined).map((end) => end.name);
  const present = routeSides.flatMap((side) => names.map((name) => `has(${member(side, name)})`));
  return {
    rule: present.join(' || '),
    message: `must have an end in this namespace: \`from\` or \`to\` must be ${listWords(names, 'or')}`,
    holds: ({ from, to }) => names.some((name) => name in from || name in to),
  };
}
