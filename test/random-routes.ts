// Routes of every shape, good and bad, made of given words. Must not know what holds for them.
import fc from 'fast-check';
import type { Route } from '../src/api/route.ts';
import { labelsOf } from './random-policies.ts';

/** The words that routes are made of. */
export interface RouteWords {
  readonly apps: readonly string[];
  /** The keys of labels of pods and namespaces, with their values. */
  readonly labels: Readonly<Record<string, readonly string[]>>;
  readonly services: readonly string[];
  readonly namespaces: readonly string[];
  readonly ingressControllers: readonly string[];
  readonly monitoring: readonly string[];
  readonly cidrs: readonly { readonly cidr: string; readonly except?: readonly string[] }[];
  readonly ports: readonly (number | string)[];
}

/** A list of ports. */
export function portsOf({ ports }: Pick<RouteWords, 'ports'>): fc.Arbitrary<(number | string)[]> {
  return fc.uniqueArray(fc.constantFrom(...ports), { minLength: 1, maxLength: 3 });
}

/** One route. */
export function routeOf(words: RouteWords): fc.Arbitrary<Route> {
  const [here, elsewhere] = [endHere(words), endElsewhere(words)];
  const ports = fc.option(portsOf(words), { nil: undefined });
  const ends = fc.oneof(
    fc.record({ from: fc.oneof(here, elsewhere), to: here, ports }),
    fc.record({ from: here, to: elsewhere, ports }),
  );
  return fc
    .record({ name: fc.stringMatching(/^[a-z][a-z0-9]{0,4}$/), ends })
    .map(
      ({ name, ends: { ports: some, ...both } }) =>
        ({ name, ...both, ...(some === undefined ? {} : { ports: some }) }) as Route,
    );
}

function endHere({ apps, services, ...words }: RouteWords) {
  return fc.oneof(
    fc.record({ app: fc.constantFrom(...apps) }),
    fc.record({ pods: selectorOf(words) }),
    fc.record({ service: fc.constantFrom(...services) }),
  );
}

function endElsewhere({ namespaces, ingressControllers, monitoring, cidrs, ...words }: RouteWords) {
  const selector = selectorOf(words);
  return fc.oneof(
    fc.record({
      namespace: fc.oneof(
        fc.record({ name: fc.constantFrom(...namespaces) }),
        fc.record({ selector, pods: selector }),
      ),
    }),
    fc.record({ ingressController: maybeNamed(ingressControllers) }),
    fc.record({ monitoring: maybeNamed(monitoring) }),
    fc.record({ cidr: fc.constantFrom(...cidrs) }),
    fc.constantFrom(
      { anywhere: {} },
      { nodes: {} },
      { internet: {} },
      { cluster: {} },
      { kubernetesAPI: {} },
    ),
  );
}

function selectorOf(words: Pick<RouteWords, 'labels'>) {
  return labelsOf(words).map((matchLabels) => ({ matchLabels }));
}

function maybeNamed(names: readonly string[]) {
  return fc.record({ name: fc.constantFrom(...names) }, { requiredKeys: [] });
}
