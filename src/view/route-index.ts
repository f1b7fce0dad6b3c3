// An index: which profiles mention which other namespaces. It is updated with one edit at a time, so that an edited route is
// compiled only in the namespaces that it affects, and a namespace reads only the profiles that may concern it.
// Must not know whether a route is accepted, nor what follows from it.

import type { Route } from '../api/route.ts';
import { getOrInsert } from '../model/groups.ts';
import { formatKey, type ObjectKey } from '../model/object-key.ts';
import { type LabelSelector, type Labels, requiredLabels } from '../model/selectors.ts';
import { endOf, namespaceScopeOf, type RouteEndValue } from '../routes/index.ts';
import type { RouteSide } from '../routes/route-end.ts';
import type { ProfileFacts, RouteLinks } from './cluster-view.ts';

/** The profiles that mention each namespace. */
export class RouteIndex implements RouteLinks {
  readonly #profiles = new Map<string, Map<string, ObjectKey>>();

  /** Replaces `previous` by `next`; one of them is absent if a profile was created or deleted. */
  change(previous: ProfileFacts | undefined, next: ProfileFacts | undefined): void {
    if (previous !== undefined) this.#remove(previous);
    if (next !== undefined) this.#add(next);
  }

  fromName(namespace: string): Iterable<ObjectKey> {
    return this.#at([name('from', namespace)]);
  }

  names(): Iterable<string> {
    const prefixes = [name('from', ''), name('to', '')];
    const named = [...this.#profiles.keys()].flatMap((term) =>
      prefixes.filter((prefix) => term.startsWith(prefix)).map((prefix) => term.slice(prefix.length)),
    );
    return new Set(named);
  }

  fromLabels(labels: Labels): Iterable<ObjectKey> {
    return this.#at(termsOfLabels('from', labels));
  }

  fromAny(): Iterable<ObjectKey> {
    return this.#at([labelled('from')]);
  }

  fromSelected(): Iterable<ObjectKey> {
    return this.#at([selected('from')]);
  }

  fromDeclared(): Iterable<ObjectKey> {
    return this.#at([declared('from')]);
  }

  toName(namespace: string): Iterable<ObjectKey> {
    return this.#at([name('to', namespace)]);
  }

  toLabels(labels: Labels): Iterable<ObjectKey> {
    return this.#at([labelled('to'), ...termsOfLabels('to', labels)]);
  }

  toDeclared(): Iterable<ObjectKey> {
    return this.#at([declared('to')]);
  }

  undecoded(): Iterable<ObjectKey> {
    return this.#at([undecoded]);
  }

  #add({ namespace, name, decoded }: ProfileFacts): void {
    const key = { namespace, name };
    for (const term of termsOf(decoded)) {
      getOrInsert(this.#profiles, term, () => new Map()).set(formatKey(key), key);
    }
  }

  #remove(profile: ProfileFacts): void {
    for (const term of termsOf(profile.decoded)) {
      const profiles = this.#profiles.get(term);
      profiles?.delete(formatKey(profile));
      if (profiles?.size === 0) this.#profiles.delete(term);
    }
  }

  /** The profiles for any of the terms, each once. */
  *#at(terms: readonly string[]): Iterable<ObjectKey> {
    const seen = new Set<ObjectKey>();
    for (const term of terms) {
      for (const profile of this.#profiles.get(term)?.values() ?? []) {
        if (!seen.has(profile)) yield profile;
        seen.add(profile);
      }
    }
  }
}

/** An index of these profiles. */
export function routeIndexOf(profiles: Iterable<ProfileFacts>): RouteIndex {
  const index = new RouteIndex();
  for (const profile of profiles) index.change(undefined, profile);
  return index;
}

// The key of a profile in the index. A term is a text, because a Map compares objects by identity; `/` is in no name.
const undecoded = 'undecoded';
const declared = (side: RouteSide) => `${side}/declared`;
const selected = (side: RouteSide) => `${side}/some`;
const name = (side: RouteSide, namespace: string) => `${side}/name/${namespace}`;
const labelled = (side: RouteSide, key = '', value?: string) =>
  value === undefined ? `${side}/label/${key}` : `${side}/label/${key}=${value}`;

function termsOf(decoded: ProfileFacts['decoded']): ReadonlySet<string> {
  if (!decoded.ok) return new Set([undecoded]);
  return new Set(decoded.value.spec.routes.flatMap(termsOfRoute));
}

function termsOfRoute({ from, to }: Route): readonly string[] {
  return [...termsOfEnd('from', from), ...termsOfEnd('to', to)];
}

function termsOfEnd(side: RouteSide, written: RouteEndValue): readonly string[] {
  const namespaceScope = namespaceScopeOf(written);
  // As destinations, only namespaces that have to consent are indexed.
  if (namespaceScope === undefined || (side === 'to' && !endOf(written).end.requiresConsent)) return [];
  if (namespaceScope === 'declared') return [declared(side)];
  if ('name' in namespaceScope) return [name(side, namespaceScope.name)];
  return [selected(side), ...termsOfSelector(side, namespaceScope.selector)];
}

function termsOfLabels(side: RouteSide, labels: Labels): readonly string[] {
  return Object.entries(labels).flatMap(([key, value]) => [labelled(side, key, value), labelled(side, key)]);
}

/** One of the labels that a selector requires is enough to find it; a selector without labels is found by every namespace. */
function termsOfSelector(side: RouteSide, selector: LabelSelector): readonly string[] {
  return requiredLabels(selector)?.map(({ key, value }) => labelled(side, key, value)) ?? [labelled(side)];
}
