// The schema of one route: from an end to an end on ports.
// Must not know the ends: they come from the table in routes/index.ts.
import type * as z from 'zod';
import { type RouteEndValue, routeEnds } from '../routes/index.ts';

import { constrain } from '../routes/schema/constraint.ts';
import { type DeepReadonly, fields } from '../routes/schema/fields.ts';
import { dnsLabel } from '../routes/schema/text-schema.ts';
import { oneEndIsLocal, routeEndUnion } from '../routes/union.ts';
import { portList } from './port.ts';

// The type comes from the table, and only the shape from the derived schema: "exactly one" makes the two equal.
const end = routeEndUnion(routeEnds) as z.ZodType<RouteEndValue, RouteEndValue>;

/** One route of a profile. */
export const route = constrain(
  fields({
    name: dnsLabel().describe(
      'The name of the route in statuses, Events and annotations of policies; unique within the profile.',
    ),
    from: end.describe('The end that starts connections.'),
    to: end.describe('The end that connections lead to.'),
    ports: portList('must have at least 1 port; leave `ports` out to allow every port')
      .describe(
        'The destination\'s ports: pod ports, but Service ports if `to` is a `service`. If unset: every port of every protocol. An empty list is refused, because it would read as "none" and mean "all".',
      )
      .exactOptional(),
  }),
  oneEndIsLocal(routeEnds),
).describe('One route: connections from one end to the other. At least one end is in this namespace.');

/** One route: `from` and `to` each hold exactly one end; `ports` absent means all of them. */
export type Route = DeepReadonly<z.output<typeof route>>;
