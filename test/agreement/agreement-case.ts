// What one case of the agreement suite is. zod and a real API server are asked the same question and must answer alike.
// Must not know who answers: the cases run in a unit test and in e2e/install/agreement.test.ts.

/** The custom resources. */
export type Kind = 'AppNetworkProfile' | 'PlatformNetworkProfile' | 'NetworkPause';

/** Why an object is refused. */
export interface Refusal {
  /** The field that both must name, as in `spec.routes[0].name`. */
  readonly path: string;
  /** A fragment of what both must say about it: what is allowed. */
  readonly says: string;
  /** A fragment of what the API server says instead, if it has words of its own (types, required fields, patterns). */
  readonly serverSays?: string;
}

/** One object, and whether it is accepted. */
export interface AgreementCase {
  /** A sentence about the object, as in `a route without from is refused`. */
  readonly title: string;
  readonly kind: Kind;
  readonly name: string;
  readonly spec: unknown;
  /** Absent: no status is written. */
  readonly status?: unknown;
  /** Absent: the object is accepted. */
  readonly refused?: Refusal;
}

/** A case about an AppNetworkProfile. */
export function appCase(title: string, spec: unknown, refused?: Refusal): AgreementCase {
  return { title, kind: 'AppNetworkProfile', name: 'shop', spec, ...(refused ? { refused } : {}) };
}

/** The least that a valid spec of each kind has. */
const leastSpecs: Readonly<Record<Kind, object>> = {
  AppNetworkProfile: {},
  PlatformNetworkProfile: { enforcement: 'Enforce' },
  NetworkPause: { namespace: 'shop', until: '2026-01-02T15:04:05Z', reason: 'checkout is down' },
};

/** The spec, and what a valid one of this kind must have besides. */
export function specOfKind(kind: Kind, spec: object): object {
  return { ...leastSpecs[kind], ...spec };
}

/** A case about a PlatformNetworkProfile, with an `enforcement` if the spec has none. */
export function platformCase(title: string, spec: object, refused?: Refusal): AgreementCase {
  return {
    title,
    kind: 'PlatformNetworkProfile',
    name: 'default',
    spec: specOfKind('PlatformNetworkProfile', spec),
    ...(refused ? { refused } : {}),
  };
}

/** A case about a NetworkPause; what `spec` leaves out is valid. */
export function pauseCase(title: string, spec: object, refused?: Refusal): AgreementCase {
  return {
    title,
    kind: 'NetworkPause',
    name: 'shop',
    spec: specOfKind('NetworkPause', spec),
    ...(refused ? { refused } : {}),
  };
}

/** A case about one route of a profile; what `route` leaves out is valid. */
export function routeCase(title: string, route: object, refused?: Refusal): AgreementCase {
  const valid = { name: 'web-to-mongo', from: { app: 'web' }, to: { app: 'mongo' } };
  return appCase(title, { routes: [{ ...valid, ...route }] }, refused);
}

/** A case for each title of a table, with what `make` takes after the title. */
export function cases<Value>(
  make: (title: string, value: Value, refused?: Refusal) => AgreementCase,
  table: Readonly<Record<string, readonly [value: Value, refused?: Refusal]>>,
): readonly AgreementCase[] {
  return Object.entries(table).map(([title, [value, refused]]) => make(title, value, refused));
}

/** As many values as `count`, made from their index. */
export function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

/** The whole object of a case, as somebody would apply it. */
export function objectOf({ kind, name, spec }: AgreementCase) {
  return { apiVersion: 'ringfence.dev/v1alpha1', kind, metadata: { name }, spec };
}
