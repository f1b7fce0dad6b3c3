// The only list of route ends: the schemas, the CEL rules, the guardrails and the reference docs follow from it.
// A new end is one new file and one line here.
import type * as z from 'zod';
import { anywhere } from './anywhere.ts';
import { app } from './app.ts';
import { cidr } from './cidr.ts';
import { cluster } from './cluster.ts';
import { ingressController } from './ingress-controller.ts';
import { internet } from './internet.ts';
import { kubernetesAPI } from './kubernetes-api.ts';
import { monitoring } from './monitoring.ts';
import { namespace } from './namespace.ts';
import { nodes } from './nodes.ts';
import { pods } from './pods.ts';
import type { RouteEnd } from './route-end.ts';
import type { DeepReadonly } from './schema/fields.ts';
import { service } from './service.ts';

/** Every route end, in the order of the docs. */
export const routeEnds = [
  app,
  pods,
  service,
  namespace,
  ingressController,
  monitoring,
  internet,
  cluster,
  kubernetesAPI,
  nodes,
  cidr,
  anywhere,
] as const;

type Ends = (typeof routeEnds)[number];

/** The name of a route end. */
export type RouteEndName = Ends['name'];

/** One end of a route: an object with exactly one member, whose name says which end it is. */
export type RouteEndValue = {
  [End in Ends as End['name']]: { readonly [Name in End['name']]: DeepReadonly<z.output<End['schema']>> };
}[RouteEndName];

/** Finds the end that a value is of, and what the value holds. */
export function endOf(value: RouteEndValue): { readonly end: RouteEnd; readonly value: unknown } {
  for (const end of routeEnds) {
    if (end.name in value) return { end, value: (value as Readonly<Record<string, unknown>>)[end.name] };
  }
  throw new Error(
    `no route end has a member of ${Object.keys(value).join(', ')}: a decoded route always has one`,
  );
}
