import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatKey } from '../model/object-key.ts';
import { type Change, type Flight, type Identified, type RequestPurpose, Store } from './store.ts';

interface Thing extends Identified {
  readonly colour: string;
}

let store: Store<Thing>;
let heard: string[];

beforeEach(() => {
  store = new Store<Thing>((a, b) => a.colour === b.colour);
  heard = [];
  store.onChange((change) => heard.push(tell(change)));
});

/** A change as `red -> blue`. */
function tell({ previous, next }: Change<Thing>): string {
  return `${previous?.colour ?? 'nothing'} -> ${next?.colour ?? 'nothing'}`;
}

function thing(resourceVersion: number, colour = 'red', uid = 'uid-1', name = 'web'): Thing {
  return { namespace: 'shop', name, uid, resourceVersion: String(resourceVersion), colour };
}

const key = { namespace: 'shop', name: 'web' };

/** A request about `web` that is begun now; what its answer says is taken in when `answered` is called. */
function begin(purpose: RequestPurpose = 'read') {
  const { promise, resolve } = Promise.withResolvers<(flight: Flight<Thing>) => void>();
  const done = store.during(key, purpose, async (flight) => (await promise)(flight));
  return {
    answered: (act: (flight: Flight<Thing>) => void) => {
      resolve(act);
      return done;
    },
  };
}

/** Our own write, answered at once. */
const write = (next: Thing) => begin('own write').answered(({ found }) => found(next));

/** Our own deletion, answered at once. */
const erase = (uid = 'uid-1') => begin('own write').answered(({ deleted }) => deleted(uid));

describe('a listener hears', () => {
  test('of what is added, changed and removed', () => {
    store.observe(thing(1));
    store.observe(thing(2, 'blue'));
    store.remove(thing(3, 'blue'));
    expect(heard).toEqual(['nothing -> red', 'red -> blue', 'blue -> nothing']);
  });

  test('nothing of a change that is of no interest, which is known all the same', () => {
    store.observe(thing(1));
    store.observe(thing(2));
    expect(heard).toHaveLength(1);
    expect(store.get(key)?.resourceVersion).toBe('2');
  });

  test('of every newer state where it asks for that: not of what comes and goes, nor of our own writes', async () => {
    const updates: string[] = [];
    store.onUpdate(({ previous, next }) =>
      updates.push(`${previous?.resourceVersion} -> ${next?.resourceVersion}`),
    );
    store.observe(thing(1));
    store.observe(thing(2));
    store.observe(thing(1));
    await write(thing(3));
    store.observe(thing(4, 'red', 'uid-2'));
    store.remove(thing(4, 'red', 'uid-2'));
    expect(updates).toEqual(['1 -> 2']);
  });

  test('of another object of the same name, however like the one before it is', () => {
    store.observe(thing(1));
    store.observe(thing(2, 'red', 'uid-2'));
    expect(heard).toEqual(['nothing -> red', 'red -> red']);
  });

  test('nothing of our own writes that a watch reports before their answers', async () => {
    const creation = begin('own write');
    store.observe(thing(1));
    await creation.answered(({ found }) => found(thing(1)));
    const change = begin('own write');
    store.observe(thing(2, 'blue'));
    expect(store.get(key)?.colour).toBe('blue');
    await change.answered(({ found }) => found(thing(2, 'blue')));
    const deletion = begin('own write');
    store.remove(thing(3, 'blue'));
    expect(store.size).toBe(0);
    await deletion.answered(({ deleted }) => deleted('uid-1'));
    expect(heard).toEqual([]);
  });

  test('of what others do during our own write, when that is answered', async () => {
    store.observe(thing(1));
    const change = begin('own write');
    store.observe(thing(2, 'blue'));
    store.observe(thing(3, 'green'));
    expect(heard).toHaveLength(1);
    await change.answered(({ found }) => found(thing(2, 'blue')));
    const refused = begin('own write');
    store.observe(thing(4, 'black'));
    await refused.answered(() => {});
    const deletion = begin('own write');
    store.remove(thing(5, 'black'));
    store.observe(thing(6, 'white', 'uid-2'));
    await deletion.answered(({ deleted }) => deleted('uid-1'));
    expect(heard.slice(1)).toEqual(['blue -> green', 'green -> black', 'nothing -> white']);
  });

  test('nothing of our own writes, whoever wrote them knows', async () => {
    await write(thing(1));
    await write(thing(2, 'blue'));
    await erase();
    expect(heard).toEqual([]);
    expect(store.size).toBe(0);
  });
});

describe('after our own write', () => {
  test('an older event of the watch changes nothing', async () => {
    store.observe(thing(1));
    await write(thing(5, 'blue'));
    store.observe(thing(3, 'green'));
    expect(store.get(key)?.colour).toBe('blue');
    expect(heard).toHaveLength(1);
  });

  test('its own event is no news, and what follows it is', async () => {
    await write(thing(5, 'blue'));
    store.observe(thing(5, 'blue'));
    expect(heard).toEqual([]);
    store.observe(thing(6, 'red'));
    expect(heard).toEqual(['blue -> red']);
  });

  test('an answer that comes after a newer event changes nothing', async () => {
    store.observe(thing(7, 'green'));
    await write(thing(6, 'blue'));
    expect(store.get(key)?.colour).toBe('green');
  });

  test('versions compare as numbers', async () => {
    await write(thing(10, 'blue'));
    store.observe(thing(9, 'red'));
    expect(store.get(key)?.colour).toBe('blue');
  });
});

describe('after our own deletion', () => {
  beforeEach(async () => {
    await write(thing(5));
    await erase();
  });

  test('a late event of the time before does not bring the object back', () => {
    store.observe(thing(4));
    store.observe(thing(5));
    expect(store.get(key)).toBeUndefined();
    expect(heard).toEqual([]);
  });

  test('its own event is no news', () => {
    store.remove(thing(6));
    expect(heard).toEqual([]);
  });

  test('another object of the same name is there', () => {
    store.observe(thing(6, 'red', 'uid-2'));
    store.remove(thing(6));
    expect(store.get(key)?.uid).toBe('uid-2');
  });

  test('another object of the same name is there also where a restore turned versions back', () => {
    store.observe(thing(3, 'red', 'uid-2'));
    expect(store.get(key)?.uid).toBe('uid-2');
  });

  test('a list is trusted', () => {
    store.accept(thing(5));
    expect(store.get(key)?.uid).toBe('uid-1');
  });

  test('a restore that turned the object back to the version before is trusted, after its list', () => {
    store.beginList();
    store.keepOnly(new Set());
    store.observe(thing(5));
    expect(store.get(key)?.uid).toBe('uid-1');
  });
});

describe('an answer that comes late', () => {
  test('does not bring back what the watch has told to be deleted since', async () => {
    const post = begin();
    store.observe(thing(1));
    store.remove(thing(2));
    await post.answered(({ found }) => found(thing(1)));
    expect(store.size).toBe(0);
  });

  test("is reported where it is not our own write: it may show somebody else's edit", async () => {
    store.observe(thing(1));
    await begin().answered(({ found }) => found(thing(3, 'blue')));
    expect(heard).toEqual(['nothing -> red', 'red -> blue']);
  });

  test('is no news after a list, which may be of a server whose versions were turned back', async () => {
    const put = begin();
    store.beginList();
    store.accept(thing(3));
    store.keepOnly(new Set(['shop/web']));
    await put.answered(({ found }) => found(thing(500, 'blue')));
    expect(store.get(key)?.colour).toBe('red');
  });

  test('that there is nothing takes away what was known when it was asked for', async () => {
    store.observe(thing(1));
    await begin().answered(({ absent }) => absent());
    expect(store.size).toBe(0);
    expect(heard).toEqual(['nothing -> red', 'red -> nothing']);
  });

  test('that there is nothing leaves alone what has come or changed since', async () => {
    const first = begin();
    store.observe(thing(1));
    await first.answered(({ absent }) => absent());
    const second = begin();
    store.observe(thing(2));
    await second.answered(({ absent }) => absent());
    expect(store.get(key)?.resourceVersion).toBe('2');
  });

  test('that there was nothing is no news after a list, which may be of a server that was restored', async () => {
    store.observe(thing(1));
    const read = begin();
    store.beginList();
    store.accept(thing(1));
    store.keepOnly(new Set(['shop/web']));
    await read.answered(({ absent }) => absent());
    expect(store.size).toBe(1);
  });

  test('to a deletion is no news after a list', async () => {
    store.observe(thing(1));
    const deletion = begin();
    store.beginList();
    store.accept(thing(1));
    store.keepOnly(new Set(['shop/web']));
    await deletion.answered(({ deleted }) => deleted('uid-1'));
    store.observe(thing(2, 'blue'));
    expect(store.get(key)?.colour).toBe('blue');
  });

  test('to a deletion that the watch has told of leaves nothing behind', async () => {
    store.observe(thing(1));
    const deletion = begin();
    store.remove(thing(2));
    await deletion.answered(({ deleted }) => deleted('uid-1'));
    // Not of policies, but a watch by labels tells of one object again and again.
    store.observe(thing(3));
    expect(store.size).toBe(1);
  });

  test('to a read does not bring back what we have deleted', async () => {
    store.observe(thing(1));
    const read = begin();
    await erase();
    await read.answered(({ found }) => found(thing(1)));
    expect(store.size).toBe(0);
  });
});

describe('an object that is deleted and created again under its name', () => {
  test('is not removed by the late event of the first one', async () => {
    store.observe(thing(1));
    await write(thing(5, 'blue', 'uid-2'));
    store.remove(thing(4));
    expect(store.get(key)?.uid).toBe('uid-2');
    expect(heard).toHaveLength(1);
  });

  test('is not overwritten by a late event of the first one', async () => {
    await write(thing(5, 'blue', 'uid-2'));
    store.observe(thing(4));
    expect(store.get(key)?.uid).toBe('uid-2');
  });

  test('is not removed by the late answer to a deletion of the first one', async () => {
    store.observe(thing(5, 'blue', 'uid-2'));
    await erase();
    expect(store.get(key)?.uid).toBe('uid-2');
  });
});

describe('a list', () => {
  test('is trusted also where a restore turned versions back', async () => {
    await write(thing(500, 'blue'));
    store.accept(thing(3, 'red'));
    expect(store.get(key)?.colour).toBe('red');
    expect(heard).toEqual(['blue -> red']);
  });

  test('removes what is not in it when it ends, and reports that', () => {
    store.observe(thing(1, 'red', 'uid-1', 'web'));
    store.observe(thing(2, 'blue', 'uid-2', 'mongo'));
    store.keepOnly(new Set(['shop/mongo']));
    expect(store.all().map(({ name }) => name)).toEqual(['mongo']);
    expect(heard.at(-1)).toBe('red -> nothing');
  });
});

describe('the objects', () => {
  test('are found by namespace, counted and ordered', () => {
    const names = fc.uniqueArray(fc.tuple(fc.constantFrom('', 'a', 'b'), fc.constantFrom('x', 'y', 'z')), {
      selector: (parts) => parts.join('/'),
    });
    fc.assert(
      fc.property(names, names, (added, removed) => {
        const things = new Store<Thing>(() => false);
        const make = ([namespace, name]: [string, string]): Thing => ({
          ...thing(1),
          namespace,
          name,
        });
        for (const each of added) things.observe(make(each));
        for (const each of removed) things.remove(make(each));
        const left = added
          .map(make)
          .map(formatKey)
          .filter((text) => !removed.map(make).map(formatKey).includes(text));
        expect(things.all().map(formatKey)).toEqual(left.sort(byNamespaceAndName));
        expect(things.size).toBe(left.length);
        const nested = [...things.byNamespace.values()].flatMap((siblings) => [...siblings.values()]);
        expect(nested).toHaveLength(left.length);
        expect([...things.byNamespace.values()].every((siblings) => siblings.size > 0)).toBe(true);
      }),
    );
  });

  test('of a namespace without any are none', () => {
    expect(store.inNamespace('shop').size).toBe(0);
  });
});

/** `x` is before `a/x`: what has no namespace comes first. */
function byNamespaceAndName(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => (text.includes('/') ? text : `/${text}`));
  return (left ?? '') < (right ?? '') ? -1 : 1;
}
