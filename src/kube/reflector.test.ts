// What a reflector makes of what a server sends that is hard to make a real API server send: a list that changes before it
// has ended, lines that make no sense, silence, and an object that our decoder can't cope with. The server is a real one that
// sends these lines.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type LocalClient, localClient } from '../../test/local-server.ts';
import { type Labelled, plainCustom, plainNamespaces } from '../../test/plain-kinds.ts';
import { resumeWithinMs } from './continuity.ts';
import { Decoder } from './decoder.ts';
import { Reflector } from './reflector.ts';
import type { RawObject, Resource } from './resource.ts';
import { ServedPath } from './served-path.ts';
import { type Change, type Identified, Store } from './store.ts';

let local: LocalClient;
let stop = new AbortController();

afterEach(() => {
  stop.abort();
  local.stop();
});

const event = (type: string, name: string, resourceVersion: string, more: object = {}) => ({
  type,
  object: { kind: 'Namespace', metadata: { name, uid: `uid-of-${name}`, resourceVersion, ...more } },
});
const bookmark = (resourceVersion: string, annotations = {}, kind = 'Namespace') => ({
  type: 'BOOKMARK',
  object: { kind, metadata: { resourceVersion, annotations } },
});
const listEnds = (kind?: string) => bookmark('9', { 'k8s.io/initial-events-end': 'true' }, kind);

type Serve = (response: ServerResponse, url: URL, attempt: number) => void;

/** Sends some events, and leaves the stream open. */
const send = (response: ServerResponse, ...events: readonly unknown[]) => {
  response.flushHeaders();
  for (const each of events)
    response.write(typeof each === 'string' ? `${each}\n` : `${JSON.stringify(each)}\n`);
};

/** Follows a server. Waits look at what the reflector tells, and at no clock. */
async function follow<T extends Identified>(resource: Resource<T>, serve: Serve, idleMs?: number) {
  const store = new Store<T>((a, b) => JSON.stringify(a) === JSON.stringify(b));
  const heard: Change<T>[] = [];
  const failures: string[] = [];
  const turnedBack: string[] = [];
  const relisted: string[] = [];
  const gone: string[] = [];
  const healthy: string[] = [];
  const unreadable: string[] = [];
  const asked: string[] = [];
  let changed = () => {};
  store.onChange((change) => {
    heard.push(change);
    changed();
  });
  local = await localClient((request: IncomingMessage, response) => {
    const url = new URL(request.url ?? '', 'http://localhost');
    asked.push(
      url.searchParams.has('sendInitialEvents') ? 'list' : String(url.searchParams.get('resourceVersion')),
    );
    serve(response, url, asked.length);
    changed();
  });
  stop = new AbortController();
  const decoder = new Decoder(resource, store, (_, { name }) => unreadable.push(name));
  const tell = (list: string[]) => (text: string) => {
    list.push(text);
    changed();
  };
  const reflector = new Reflector(
    local.client,
    { resource, store, decoder, served: new ServedPath(resource) },
    {
      onHealthy: tell(healthy),
      onGone: (_, isGone) => tell(gone)(isGone ? 'gone' : 'back'),
      onFailure: (_, error) => tell(failures)(error.message),
      onTurnedBack: tell(turnedBack),
      onRelisted: tell(relisted),
    },
    { idleMs },
  );
  void reflector.run(stop.signal);
  const until = (isSo: () => boolean) =>
    new Promise<void>((resolve) => {
      changed = () => {
        if (isSo()) resolve();
      };
      changed();
    });
  const names = () => store.all().map(({ name }) => name);
  const hears = (name: string) => until(() => names().includes(name));
  const isListedTwice = () => until(() => asked.filter((each) => each === 'list').length === 2);
  return {
    ...{ store, heard, failures, turnedBack, relisted, gone, healthy, unreadable, asked, reflector, decoder },
    ...{ until, names, hears, isListedTwice },
  };
}

// The API server lists from its own cache, and sends what happened since that was filled before the list's end (KEP-3157).
describe('before a list ends', () => {
  const listed = async (...events: readonly object[]) => {
    const followed = await follow(plainNamespaces, (response) => send(response, ...events, listEnds()));
    await followed.until(() => followed.reflector.synced);
    return followed;
  };

  test('what is deleted is gone, and said so', async () => {
    const { names, heard } = await listed(
      event('ADDED', 'shop', '3'),
      event('ADDED', 'gone', '4'),
      event('DELETED', 'gone', '5'),
    );
    expect(names()).toEqual(['shop']);
    expect(heard.map(({ previous, next }) => [previous?.name, next?.name])).toEqual([
      [undefined, 'shop'],
      [undefined, 'gone'],
      ['gone', undefined],
    ]);
  });

  test('what is deleted and created again is there', async () => {
    const { store } = await listed(
      event('ADDED', 'shop', '3'),
      event('DELETED', 'shop', '4'),
      event('ADDED', 'shop', '5'),
    );
    expect(store.get({ namespace: '', name: 'shop' })?.resourceVersion).toBe('5');
  });

  test('what changes is known as it is then', async () => {
    const { store } = await listed(
      event('ADDED', 'shop', '3'),
      event('MODIFIED', 'shop', '4', { labels: { team: 'shop' } }),
    );
    expect(store.get({ namespace: '', name: 'shop' })?.labels).toEqual({ team: 'shop' });
  });
});

describe('a line that makes no sense', () => {
  test.each([
    event('ADDED', 'odd', '10', { uid: undefined }),
    { type: 'ADDED', object: { kind: 'Namespace', metadata: {} } },
    { type: 'DELETED', object: { ...event('DELETED', 'shop', '10').object, kind: 'Service' } },
    '{"success": true}',
    '<html>',
  ])(
    'is a failure of the server: %j is reported, and the watch goes on from the same version',
    async (odd) => {
      const followed = await follow(plainNamespaces, (response, _, attempt) => {
        if (attempt === 1) send(response, event('ADDED', 'shop', '3'), listEnds(), odd);
        else send(response, event('ADDED', 'late', '11'));
      });
      await followed.hears('late');
      expect(followed.names()).toEqual(['late', 'shop']);
      expect(followed.asked).toEqual(['list', '9']);
      expect(followed.failures).toHaveLength(1);
      expect(followed.failures[0]).toContain('not an event of a Namespace');
    },
  );

  test('that comes again and again makes the reflector list anew', async () => {
    const followed = await follow(plainNamespaces, (response, url) => {
      if (url.searchParams.has('sendInitialEvents')) send(response, listEnds(), '{}');
      else send(response, '{}');
    });
    await followed.isListedTwice();
    expect(followed.asked.slice(0, 2)).toEqual(['list', '9']);
  });

  test.each([
    [
      'a list of another kind',
      { kind: 'ServiceList', apiVersion: 'v1', metadata: { resourceVersion: '9' }, items: [] },
    ],
    ['a list without items', { kind: 'NamespaceList', apiVersion: 'v1', metadata: { resourceVersion: '9' } }],
    ['a list that is cut short', '{"kind":"NamespaceList","apiVersion":"v1","items":['],
  ])('%s takes nothing away', async (_, odd) => {
    const page = (items: readonly object[]) => ({
      ...{ kind: 'NamespaceList', apiVersion: 'v1', metadata: { resourceVersion: '9' } },
      items,
    });
    const item = { metadata: event('ADDED', 'shop', '3').object.metadata };
    const pages = [page([item]), odd, page([])];
    let lists = 0;
    const followed = await follow(plainNamespaces, (response, url) => {
      if (url.searchParams.has('sendInitialEvents')) response.writeHead(400).end();
      else if (url.searchParams.has('watch')) response.writeHead(410).end();
      else {
        const answer = pages[Math.min(lists, 2)];
        lists += 1;
        response.end(typeof answer === 'string' ? answer : JSON.stringify(answer));
      }
    });
    await followed.until(() => lists === 2);
    expect(followed.names()).toEqual(['shop']);
    await followed.until(() => followed.names().length === 0);
    expect(lists).toBeGreaterThan(2);
  });
});

describe('a watch that goes on from a version and says nothing', () => {
  test('is listed anew, since its version may be one of the future, as after a restore of etcd; the list is trusted', async () => {
    const followed = await follow(
      plainNamespaces,
      (response, url) => {
        if (!url.searchParams.has('sendInitialEvents')) send(response);
        else if (followed === undefined || followed.asked.length === 1)
          send(response, event('ADDED', 'shop', '800'), event('ADDED', 'new', '900'), listEnds());
        else send(response, event('ADDED', 'shop', '5', { labels: { team: 'old' } }), listEnds());
      },
      300,
    ).catch(() => undefined as never);
    await followed.isListedTwice();
    await followed.until(() => followed.names().length === 1);
    expect(followed.store.all()).toMatchObject([
      { name: 'shop', resourceVersion: '5', labels: { team: 'old' } },
    ]);
    expect(followed.asked.slice(0, 2)).toEqual(['list', '9']);
  });
});

describe('a watch that breaks', () => {
  const listed = [event('ADDED', 'shop', '800'), listEnds()];
  /** The watch breaks after its list; `reopened` says what happens to each try after that. */
  const breaking = (reopened: Serve) =>
    follow(plainNamespaces, (response, url, attempt) => {
      if (attempt > 1) reopened(response, url, attempt);
      else {
        send(response, ...listed);
        // What was written has to be out before.
        response.write('', () => response.destroy());
      }
    });

  test('goes on from its version if the server answers', async () => {
    const followed = await breaking((response) => send(response, event('ADDED', 'late', '11')));
    await followed.hears('late');
    expect(followed.asked).toEqual(['list', '9']);
    expect(followed.reflector.brokenSince).toBeUndefined();
    expect(followed.relisted).toEqual([]);
  });

  test('goes on from its version if the server answers, and refuses at first', async () => {
    const followed = await breaking((response, _, attempt) => {
      if (attempt === 2) response.writeHead(429).end();
      else send(response, event('ADDED', 'late', '11'));
    });
    await followed.hears('late');
    expect(followed.asked).toEqual(['list', '9', '9']);
  });

  test.each([
    ['does not answer', (response: ServerResponse) => response.destroy()],
    ['is not behind its gateway', (response: ServerResponse) => response.writeHead(503).end()],
  ])(
    'is listed anew if the server %s for a moment: etcd may have been restored, and be past that version',
    async (_, away) => {
      let isBroken: boolean | undefined;
      const followed = await breaking((response, url, attempt) => {
        if (attempt < 4) away(response);
        else if (url.searchParams.has('sendInitialEvents')) {
          isBroken = followed.reflector.brokenSince !== undefined;
          send(response, event('ADDED', 'shop', '5', { labels: { team: 'old' } }), listEnds());
        } else send(response);
      });
      await followed.until(() => followed.turnedBack.length > 0 || followed.heard.length > 1);
      expect(followed.asked.slice(0, 4)).toEqual(['list', '9', 'list', 'list']);
      expect(isBroken).toBe(true);
      await followed.until(() => followed.reflector.brokenSince === undefined);
      expect(followed.store.all()).toMatchObject([{ resourceVersion: '5', labels: { team: 'old' } }]);
      expect(followed.reflector.intactSince).toBeDefined();
      expect(followed.relisted).toEqual(['namespaces']);
    },
  );

  test('is listed anew if the server takes long to let it go on', async () => {
    const followed = await breaking((response, url) => {
      if (url.searchParams.has('sendInitialEvents')) send(response, event('ADDED', 'back', '3'), listEnds());
      else setTimeout(() => send(response), resumeWithinMs + 300);
    });
    await followed.until(() => followed.names().join() === 'back');
    expect(followed.asked).toEqual(['list', '9', 'list']);
  });

  test('and whose new list is older reports that the server has gone back', async () => {
    const followed = await breaking((response, _, attempt) => {
      if (attempt === 2) response.destroy();
      else send(response, event('ADDED', 'shop', '5'), bookmark('8', listEnds().object.metadata.annotations));
    });
    await followed.until(() => followed.turnedBack.length > 0);
    expect(followed.turnedBack).toEqual(['namespaces']);
  });
});

// The API server does that some time after a CRD was changed. https://github.com/kubernetes/kubernetes/issues/38541
describe('a watch that the server ends before its time', () => {
  const ended = async <T extends Identified>(resource: Resource<T>) => {
    const { kind } = resource;
    const version = kind === 'AppNetworkProfile' ? { apiVersion: 'ringfence.dev/v1alpha1' } : {};
    const metadata = { namespace: 'shop', name: 'team', uid: 'uid', resourceVersion: '3', generation: 2 };
    const spec = { routes: [], egress: 'Restricted' };
    const stored = (more: object) => ({
      type: 'ADDED',
      object: { ...version, kind, metadata, spec: { ...spec, ...more } },
    });
    const followed = await follow(resource, (response, url, attempt) => {
      if (attempt === 1) {
        send(response, stored({}), listEnds(kind));
        response.end();
      } else if (url.searchParams.has('sendInitialEvents'))
        send(response, stored({ later: 1 }), listEnds(kind));
      else send(response, bookmark('10', {}, kind));
    });
    await followed.until(() => followed.healthy.length === 2);
    return followed;
  };

  test('is listed anew for a custom resource: its schema has changed, and fields were pruned', async () => {
    const followed = await ended(plainCustom);
    expect(followed.asked).toEqual(['list', 'list']);
    expect(followed.store.all()).toMatchObject([{ resourceVersion: '3', spec: { later: 1 } }]);
    expect(followed.heard).toHaveLength(2);
  });

  test('goes on for any other kind', async () => {
    expect((await ended(plainNamespaces)).asked).toEqual(['list', '9']);
  });
});

const profile = {
  ...{ apiVersion: 'ringfence.dev/v1alpha1', kind: 'AppNetworkProfile' },
  metadata: { namespace: 'shop', name: 'team', uid: 'uid', resourceVersion: '3' },
};
const added = { type: 'ADDED', object: { ...profile, spec: { egress: 'Restricted', routes: [] } } };

describe('a kind that is gone', () => {
  test('leaves its objects unread, which is reported once, and ends with a list', async () => {
    const followed = await follow(plainCustom, (response, _, attempt) => {
      if (attempt === 1) {
        send(response, added, listEnds('AppNetworkProfile'));
        response.end();
      } else if (attempt < 5) response.writeHead(404).end('404 page not found');
      else send(response, added, listEnds('AppNetworkProfile'));
    });
    await followed.until(() => followed.gone.length > 0);
    expect(followed.reflector.gone).toBe(true);
    expect(followed.store.all()).toMatchObject([{ name: 'team', lost: true }]);
    await followed.until(() => followed.store.all().some(({ lost }) => lost === undefined));
    await followed.until(() => !followed.reflector.gone);
    expect(followed.gone).toEqual(['gone', 'back']);
    expect(followed.asked.at(-1)).toBe('list');
  }, 20_000);
});

describe('an optional kind that the server no longer knows', () => {
  const optional = (lost: boolean): Resource<Labelled> => {
    const { lost: _, ...plain } = plainCustom;
    return { ...plain, optional: true, ...(lost && { lost: (known: Labelled) => known }) };
  };
  const answers =
    (from: number): Serve =>
    (response, _, attempt) => {
      if (attempt >= from) response.writeHead(404).end('404 page not found');
      else {
        send(response, added, listEnds('AppNetworkProfile'));
        response.end();
      }
    };

  test('has no objects from the second answer on', async () => {
    const followed = await follow(optional(false), answers(2));
    await followed.hears('team');
    await followed.until(() => followed.names().length === 0);
    expect(followed.asked.length).toBeGreaterThan(2);
  }, 20_000);

  test('keeps the objects of which something is known that stays true', async () => {
    const followed = await follow(optional(true), answers(2));
    await followed.hears('team');
    await followed.until(() => followed.healthy.length > 1);
    expect(followed.asked.length).toBeGreaterThan(2);
    expect(followed.names()).toEqual(['team']);
  }, 20_000);

  test('has none if it was never there', async () => {
    const followed = await follow(optional(true), answers(1));
    await followed.until(() => followed.reflector.synced);
    expect(followed.names()).toEqual([]);
  });
});

describe('an object at which our decoder throws', () => {
  /** A kind whose decoder has a mistake that some objects bring to light. */
  const mistaken: Resource<Identified & { readonly colour: string }> = {
    ...{ kind: 'Namespace', name: 'namespaces', path: '/api/v1/namespaces' },
    reduce: ({ metadata }: RawObject) => {
      const { namespace = '', name, uid, resourceVersion, labels } = metadata;
      const colour = (labels as Record<string, string>).colour?.toLowerCase() ?? '';
      return { namespace, name, uid, resourceVersion, colour };
    },
  };
  const red = { labels: { colour: 'Red' } };

  /** Follows a server that sends some events, up to the object `more`. */
  const hearing = async (...events: readonly object[]) => {
    const followed = await follow(mistaken, (response) =>
      send(response, ...events, event('ADDED', 'more', '11', red)),
    );
    await followed.hears('more');
    return followed;
  };

  test('is reported and left out, and the others go on', async () => {
    const followed = await hearing(event('ADDED', 'bad', '1'), event('ADDED', 'good', '2', red), listEnds());
    expect(followed.names()).toEqual(['good', 'more']);
    expect(followed.unreadable).toEqual(['bad']);
    expect([...followed.decoder.unreadable]).toMatchObject([{ namespace: '', name: 'bad' }]);
    expect(followed.failures).toEqual([]);
  });

  test('stays as it was last understood, until it can be decoded again or is gone', async () => {
    const first = event('ADDED', 'shop', '1', red);
    const followed = await hearing(first, listEnds(), event('MODIFIED', 'shop', '10'));
    expect(followed.store.get({ namespace: '', name: 'shop' })).toMatchObject({
      colour: 'red',
      resourceVersion: '1',
    });
    expect([...followed.decoder.unreadable]).toHaveLength(1);
  });

  test('is left out also where another one of its name was understood before', async () => {
    const first = event('ADDED', 'shop', '1', red);
    const followed = await hearing(first, listEnds(), event('ADDED', 'shop', '10', { uid: 'another' }));
    expect(followed.names()).toEqual(['more']);
  });

  test('is forgotten when it is gone', async () => {
    const followed = await hearing(event('ADDED', 'bad', '1'), listEnds(), event('DELETED', 'bad', '10'));
    expect([...followed.decoder.unreadable]).toEqual([]);
  });
});
