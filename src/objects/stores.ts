// One store for each kind that the operator watches. Must not know whether objects come from watches or from files, nor what they
// are used for.
import { type Identified, Store } from '../kube/store.ts';
import { type Kind, sameFacts } from './kind.ts';
import { watchedKinds } from './kinds.ts';

type Watched = typeof watchedKinds;

/** All known objects, by kind. The listeners of a store receive changes of what its decoder keeps, not every new version. */
export type Stores = { readonly [Name in keyof Watched]: Store<FactsOf<Watched[Name]>> };

type FactsOf<K> = K extends Kind<infer Facts> ? Facts : never;

/** What is done with each kind. */
type Visit = <T extends Identified>(kind: Kind<T>, store: Store<T>) => void;

/** Empty stores. */
export function makeStores(): Stores {
  const entries = Object.entries(watchedKinds as unknown as Readonly<Record<string, Kind<Identified>>>);
  return Object.fromEntries(
    entries.map(([name, { same = sameFacts }]) => [name, new Store(same)]),
  ) as unknown as Stores;
}

/** Visits each kind with its store. */
export function visitStores(stores: Stores, visit: Visit): void {
  // TypeScript does not see that the kind and the store of one name belong together.
  const storeOf = stores as unknown as Readonly<Record<string, Store<Identified>>>;
  for (const [name, kind] of Object.entries(watchedKinds)) {
    const store = storeOf[name];
    if (store) visit(kind as unknown as Kind<Identified>, store);
  }
}
