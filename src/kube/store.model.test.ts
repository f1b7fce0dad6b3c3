// A store against a model of the server, in every order in which a watch, lists, answers to our own requests, other people's
// changes and restores of etcd can come: when everything is reported, the store is equal to the server.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { runs } from '../../test/property-runs.ts';
import { type Flight, type Identified, type RequestPurpose, Store } from './store.ts';

interface Thing extends Identified {
  readonly colour: number;
  readonly finalizer: boolean;
  readonly deleting: boolean;
}

type Event = { readonly type: 'PUT' | 'DELETED'; readonly object: Thing };
type Answer = { readonly object: Thing } | { readonly deleted: string } | 'absent' | 'refused';

const key = { namespace: '', name: 'thing' };

/** What etcd and the API server do with the object of one name: what goes wrong, goes wrong with one. */
class Server {
  object: Thing | undefined;
  /** What a watch tells, by version. */
  history: Event[] = [];
  #version = 0;
  #uids = 0;
  /** No two states say the same: after a restore, a version is of another one. */
  #colours = 0;
  #backup: { object: Thing | undefined; version: number; events: number } | undefined;

  create(): Answer {
    if (this.object !== undefined) return 'refused';
    this.#uids += 1;
    const uid = `uid-${this.#uids}`;
    return this.#put({
      ...key,
      uid,
      resourceVersion: '',
      colour: this.#nextColour(),
      finalizer: false,
      deleting: false,
    });
  }

  change(isAllowed: (object: Thing) => boolean, change: Partial<Thing> = {}): Answer {
    const { object } = this;
    if (object === undefined) return 'absent';
    return isAllowed(object) ? this.#put({ ...object, colour: this.#nextColour(), ...change }) : 'refused';
  }

  delete(isAllowed: (object: Thing) => boolean): Answer {
    const { object } = this;
    if (object === undefined) return 'absent';
    if (!isAllowed(object)) return 'refused';
    return object.finalizer ? this.#put({ ...object, deleting: true }) : this.#remove(object);
  }

  /** Somebody else's controller is done with it. */
  unfinalize(): void {
    const { object } = this;
    if (object?.deleting) this.#remove(object);
    else if (object?.finalizer) this.#put({ ...object, finalizer: false });
  }

  read(): Answer {
    return this.object === undefined ? 'absent' : { object: this.object };
  }

  backUp(): void {
    this.#backup = { object: this.object, version: this.#version, events: this.history.length };
  }

  /** Versions go back, and are given anew; uids never are. */
  restore(): void {
    if (this.#backup === undefined) return;
    this.object = this.#backup.object;
    this.#version = this.#backup.version;
    this.history = this.history.slice(0, this.#backup.events);
  }

  #put(object: Thing): Answer {
    this.object = { ...object, resourceVersion: this.#next() };
    this.history.push({ type: 'PUT', object: this.object });
    return { object: this.object };
  }

  #remove(object: Thing): Answer {
    this.object = undefined;
    this.history.push({ type: 'DELETED', object: { ...object, resourceVersion: this.#next() } });
    return { deleted: object.uid };
  }

  #nextColour(): number {
    this.#colours += 1;
    return this.#colours;
  }

  #next(): string {
    this.#version += 1;
    return String(this.#version);
  }
}

/** What happens in a few steps, between which anything else can happen. */
type Thread = Generator<undefined | Promise<void>, void>;

const others = ['create', 'change', 'finalize', 'unfinalize', 'delete'] as const;
const requests = ['post', 'put', 'patch', 'delete', 'read'] as const;
const purposes: Readonly<Record<(typeof requests)[number], RequestPurpose>> = {
  ...{ post: 'own write', put: 'own write', delete: 'own write' },
  ...{ patch: 'shared write', read: 'read' },
};

/** A store, a server, and what is on its way between them. */
class World {
  readonly server = new Server();
  readonly store = new Store<Thing>((a, b) => a.colour === b.colour);
  /** How much of the history the watch has told; `undefined` where only a list can help. */
  #told: number | undefined = 0;
  /** A list that goes on: what is left of it, and what it has told. */
  #listing: { readonly left: Thing[]; readonly listed: Set<string> } | undefined;
  /** What a listener knows by itself. */
  heard: Thing | undefined;
  /** Then nobody knows what was our own doing. */
  isRestored = false;
  /** What we know of our own writes: the colours of what we wrote, and the uids of what we deleted. */
  readonly ours = new Set<number | string>();
  /** A list that the server has answered, and nobody here has heard of yet. */
  #answeredList: { readonly left: Thing[]; readonly told: number } | undefined;

  constructor() {
    this.store.onChange(({ next }) => {
      this.heard = next;
    });
  }

  #wrote(answer: Answer): void {
    if (answer === 'absent' || answer === 'refused') return;
    this.ours.add('deleted' in answer ? answer.deleted : answer.object.colour);
  }

  /** Whether the present state is our own doing, of which listeners know nothing. */
  get isOurs(): boolean {
    const { object, history } = this.server;
    if (object !== undefined) return this.ours.has(object.colour);
    return [this.heard?.uid ?? '', history.at(-1)?.object.uid ?? ''].some((uid) => this.ours.has(uid));
  }

  /** What other people do. */
  *changes(changes: readonly (typeof others)[number][]): Thread {
    for (const what of changes) {
      if (what === 'create') this.server.create();
      if (what === 'change') this.server.change(() => true);
      if (what === 'finalize') this.server.change(({ deleting }) => !deleting, { finalizer: true });
      if (what === 'unfinalize') this.server.unfinalize();
      if (what === 'delete') this.server.delete(() => true);
      yield;
    }
  }

  /** A request of ours: begun, then carried out by the server, then answered, or not. */
  *request(what: (typeof requests)[number], isLost: boolean): Thread {
    const known = this.store.get(key);
    const isKnown = ({ uid, resourceVersion }: Thing) =>
      uid === known?.uid && resourceVersion === known.resourceVersion;
    const carryOut = {
      post: () => this.server.create(),
      put: () => this.server.change(isKnown),
      patch: () => this.server.change(({ uid }) => uid === known?.uid),
      delete: () => this.server.delete(isKnown),
      read: () => this.server.read(),
    }[what];
    const { promise, resolve } = Promise.withResolvers<Answer | undefined>();
    const done = this.store.during(key, purposes[what], async (flight) => take(flight, await promise));
    yield;
    const answer = carryOut();
    yield;
    if (!isLost && purposes[what] === 'own write') this.#wrote(answer);
    resolve(isLost ? undefined : answer);
    yield done;
  }

  /** A list: answered by the server, then heard of, then at its end, unless it breaks off before. */
  *list(breaksOff: boolean): Thread {
    this.#answerList();
    yield;
    this.#beginList();
    yield;
    if (breaksOff) this.#breakOff();
    this.#endList();
  }

  /** etcd is backed up, and later put back. */
  *restoration(): Thread {
    this.server.backUp();
    yield;
    this.server.restore();
    this.isRestored = true;
    this.#answeredList = undefined;
    this.#breakOff();
    this.#told = undefined;
  }

  /** The watch tells some events. */
  *tells(count: number): Thread {
    for (let told = 0; told < count; told += 1) {
      this.#tell();
      yield;
    }
  }

  /** Everything is reported. */
  comeToRest(): void {
    if (this.#told === undefined && this.#answeredList === undefined) this.#answerList();
    this.#beginList();
    this.#endList();
    while ((this.#told ?? 0) < this.server.history.length) this.#tell();
  }

  /** While a list goes on, the list is reported, and then, as in a watch-list, what comes before its end. */
  #tell(): void {
    const listing = this.#listing;
    const item = listing?.left.shift();
    if (item !== undefined) {
      listing?.listed.add(item.name);
      this.store.accept(item);
      return;
    }
    const event = this.#told === undefined ? undefined : this.server.history[this.#told];
    if (event === undefined) return;
    this.#told = (this.#told ?? 0) + 1;
    if (event.type === 'DELETED') {
      listing?.listed.delete(event.object.name);
      this.store.remove(event.object);
    } else if (listing === undefined) {
      this.store.observe(event.object);
    } else {
      listing.listed.add(event.object.name);
      this.store.accept(event.object);
    }
  }

  #answerList(): void {
    this.#breakOff();
    this.#told = undefined;
    const { object, history } = this.server;
    this.#answeredList = { left: object === undefined ? [] : [object], told: history.length };
  }

  #beginList(): void {
    if (this.#answeredList === undefined) return;
    const { left, told } = this.#answeredList;
    this.#answeredList = undefined;
    this.#listing = { left, listed: new Set() };
    this.#told = told;
    this.store.beginList();
  }

  #endList(): void {
    if (this.#listing === undefined) return;
    if (this.#listing.left.length > 0) this.#tell();
    this.store.keepOnly(this.#listing.listed);
    this.#listing = undefined;
  }

  #breakOff(): void {
    if (this.#listing === undefined) return;
    this.#listing = undefined;
    this.#told = undefined;
  }
}

function take(flight: Flight<Thing>, answer: Answer | undefined): void {
  if (answer === 'absent') flight.absent();
  else if (answer === undefined || answer === 'refused') return;
  else if ('deleted' in answer) flight.deleted(answer.deleted);
  else flight.found(answer.object);
}

const threads = fc
  .record({
    requests: fc.array(
      fc.tuple(
        fc.constantFrom(...requests),
        fc.nat({ max: 9 }).map((chance) => chance === 0),
      ),
      { minLength: 1, maxLength: 3 },
    ),
    changes: fc.array(fc.constantFrom(...others), { minLength: 1, maxLength: 6, size: 'max' }),
    lists: fc.array(fc.boolean(), { maxLength: 2 }),
    restorations: fc.nat({ max: 1 }),
    tells: fc.nat({ max: 8 }),
  })
  .map(({ requests, changes, lists, restorations, tells }) => (world: World) => [
    world.changes(['create', ...changes]),
    ...requests.map(([what, isLost]) => world.request(what, isLost)),
    ...lists.map((breaksOff) => world.list(breaksOff)),
    ...Array.from({ length: restorations }, () => world.restoration()),
    world.tells(tells),
  ]);
/** Which thread goes on; when it is used up, each goes on to its end. */
const order = fc.array(fc.nat({ max: 59 }), { minLength: 30, maxLength: 30 });

test('in whatever order news come, the store ends equal to the server, and listeners know all that is not our own doing', async () => {
  await fc.assert(
    fc.asyncProperty(threads, order, async (make, choices) => {
      const world = new World();
      const running = make(world);
      const left = [...choices];
      while (running.length > 0) {
        const thread = running[(left.shift() ?? 0) % running.length];
        if (thread === undefined) break;
        const { value, done } = thread.next();
        if (done) running.splice(running.indexOf(thread), 1);
        await value;
      }
      world.comeToRest();
      expect(world.store.all()).toEqual(world.server.object === undefined ? [] : [world.server.object]);
      if (!world.isOurs && !world.isRestored) expect(world.heard?.colour).toBe(world.server.object?.colour);
    }),
    runs(20_000),
  );
});
