// The only list of route ends: the schemas, the CEL rules, the guardrails and the reference docs follow from it.
// A new end is one new file and one line here.
import type * as z from 'zod';
import { anywhereEnd } from './anywhere.ts';
import { appEnd } from './app.ts';
import { cidrEnd } from './cidr.ts';
import { clusterEnd } from './cluster.ts';
import { ingressControllerEnd } from './ingress-controller.ts';
import { internetEnd } from './internet.ts';
import { kubernetesApiEnd } from './kubernetes-api.ts';
import { monitoringEnd } from './monitoring.ts';
import { namespaceEnd } from './namespace.ts';
import { nodesEnd } from './nodes.ts';
import { podsEnd } from './pods.ts';
import type { NamespaceScope, RouteEnd } from './route-end.ts';
import type { DeepReadonly } from './schema/fields.ts';
import { serviceEnd } from './service.ts';

/** Every route end, in the order of the docs. */
export const routeEnds = [
  appEnd,
  podsEnd,
  serviceEnd,
  namespaceEnd,
  ingressControllerEnd,
  monitoringEnd,
  internetEnd,
  clusterEnd,
  kubernetesApiEnd,
  nodesEnd,
  cidrEnd,
  anywhereEnd,
] as const;

type Ends = (typeof routeEnds)[number];

/** The name of a route end. */
export type RouteEndName = Ends['name'];

/** One end of a route: an object with exactly one member, whose name says which end it is. */
export type RouteEndValue = {
  [End in Ends as End['name']]: { readonly [Name in End['name']]: DeepReadonly<z.output<End['schema']>> };
}[RouteEndName];

/** The end that a value is, and its content. */
export function endOf(value: RouteEndValue): { readonly end: RouteEnd; readonly value: unknown } {
  for (const end of routeEnds) {
    if (end.name in value) return { end, value: (value as Readonly<Record<string, unknown>>)[end.name] };
  }
  throw new Error(
    `no route end has a member of ${Object.keys(value).join(', ')}: a decoded route always has one`,
  );
}

/** The members of an end that say what it means, the first of which it has. */
const sayingWhat: readonly string[] = ['cidr', 'name', 'selector'];

/** The field of an end that says what it means, as in `app`, `cidr.cidr`, `namespace.name`. */
export function fieldOf(written: RouteEndValue): string {
  const { end, value } = endOf(written);
  const saying = sayingWhat.find((member) => typeof value === 'object' && value !== null && member in value);
  return saying === undefined ? end.name : `${end.name}.${saying}`;
}

/** In which other namespaces an end means pods; `undefined`: in none. */
export function namespaceScopeOf(written: RouteEndValue): NamespaceScope | undefined {
  const { end, value } = endOf(written);
  return end.namespaceScope?.(value);
}
