import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { WorkQueue } from './work-queue.ts';

const backoff = { baseMs: 100, capMs: 1_000 } as const;
let queue: WorkQueue;

beforeEach(() => {
  jest.useFakeTimers();
  // The whole of every backoff, so that waits can be told.
  jest.spyOn(Math, 'random').mockReturnValue(1);
  queue = new WorkQueue(backoff);
});

afterEach(() => {
  queue.close();
  jest.restoreAllMocks();
  jest.useRealTimers();
});

/** What a worker gets now; `nothing` where it would have to wait. */
async function take(): Promise<string | undefined> {
  if (queue.depth === 0) return 'nothing';
  return queue.next();
}

describe('a key', () => {
  test('waits once, however often it is added', async () => {
    queue.add('shop', 'fresh');
    queue.add('shop', 'fresh');
    queue.add('shop', 'bulk');
    expect(queue.depth).toBe(1);
    expect(await take()).toBe('shop');
    expect(await take()).toBe('nothing');
  });

  test('is worked on by one worker at a time: an add meanwhile runs it once more, afterwards', async () => {
    queue.add('shop', 'fresh');
    await queue.next();
    queue.add('shop', 'fresh');
    queue.add('shop', 'fresh');
    expect(await take()).toBe('nothing');
    queue.done('shop');
    expect(await take()).toBe('shop');
    queue.done('shop');
    expect(await take()).toBe('nothing');
  });

  test('is not run once more if nothing was added meanwhile', async () => {
    queue.add('shop', 'fresh');
    await queue.next();
    queue.done('shop');
    expect(await take()).toBe('nothing');
    expect(queue.depth).toBe(0);
  });

  test('goes straight to a worker that waits for one', async () => {
    const first = queue.next();
    const second = queue.next();
    queue.add('shop', 'bulk');
    queue.add('pay', 'bulk');
    expect(await Promise.all([first, second])).toEqual(['shop', 'pay']);
    expect(queue.depth).toBe(0);
  });

  test('that a waiting worker has is not given to another one', async () => {
    const first = queue.next();
    queue.add('shop', 'fresh');
    queue.add('shop', 'fresh');
    expect(await first).toBe('shop');
    expect(await take()).toBe('nothing');
    queue.done('shop');
    expect(await take()).toBe('shop');
  });
});

describe('the lanes', () => {
  test('give single edits before the bulk, each in its order', async () => {
    queue.add('bulk-1', 'bulk');
    queue.add('bulk-2', 'bulk');
    queue.add('fresh-1', 'fresh');
    queue.add('fresh-2', 'fresh');
    expect([await take(), await take(), await take(), await take()]).toEqual([
      'fresh-1',
      'fresh-2',
      'bulk-1',
      'bulk-2',
    ]);
  });

  test('move a key from the bulk to the front when somebody changes it, and never back', async () => {
    queue.add('a', 'bulk');
    queue.add('b', 'bulk');
    queue.add('b', 'fresh');
    queue.add('b', 'bulk');
    expect(queue.depth).toBe(2);
    expect([await take(), await take()]).toEqual(['b', 'a']);
  });

  test('keep the better lane of what is added while a key is worked on', async () => {
    queue.add('b', 'fresh');
    await queue.next();
    queue.add('a', 'bulk');
    queue.add('b', 'fresh');
    queue.add('b', 'bulk');
    queue.done('b');
    expect(await take()).toBe('b');
  });
});

describe('a key that comes back', () => {
  /** A worker has `shop`, from this lane, and will come back to it. */
  const begin = async (lane: 'fresh' | 'bulk') => {
    queue.add('shop', lane);
    await queue.next();
    queue.continueAfter('shop', 500);
    queue.done('shop');
    queue.add('bulk-1', 'bulk');
    queue.add('bulk-2', 'bulk');
  };

  test('goes before bulk work that has not begun, and behind single changes', async () => {
    await begin('bulk');
    jest.advanceTimersByTime(500);
    queue.add('pay', 'fresh');
    expect([await take(), await take(), await take()]).toEqual(['pay', 'shop', 'bulk-1']);
  });

  test('keeps its place if somebody waits for it', async () => {
    await begin('fresh');
    queue.addAfter('begun', 100, 'begun');
    jest.advanceTimersByTime(500);
    expect([await take(), await take(), await take()]).toEqual(['shop', 'begun', 'bulk-1']);
  });

  test('is not put off by bulk work for it, and put forward by a single change', async () => {
    await begin('bulk');
    jest.advanceTimersByTime(500);
    queue.add('shop', 'bulk');
    queue.add('begun', 'begun');
    queue.add('begun', 'fresh');
    expect([await take(), await take(), await take(), await take()]).toEqual([
      ...['begun', 'shop'],
      ...['bulk-1', 'bulk-2'],
    ]);
  });
});

describe('a delayed key', () => {
  test('comes when its time is over, and does not wait in the queue until then', async () => {
    queue.addAfter('shop', 500, 'fresh');
    expect(queue.depth).toBe(0);
    jest.advanceTimersByTime(499);
    expect(await take()).toBe('nothing');
    jest.advanceTimersByTime(1);
    expect(await take()).toBe('shop');
  });

  test('comes once, at the later of both times', async () => {
    queue.addAfter('shop', 100, 'fresh');
    queue.addAfter('shop', 500, 'fresh');
    jest.advanceTimersByTime(100);
    expect(await take()).toBe('nothing');
    jest.advanceTimersByTime(400);
    expect(await take()).toBe('shop');
    jest.advanceTimersByTime(1_000);
    expect(queue.depth).toBe(0);
  });

  test('comes at once, and only then, when it is added meanwhile', async () => {
    queue.addAfter('shop', 500, 'fresh');
    queue.add('shop', 'fresh');
    expect(await take()).toBe('shop');
    queue.done('shop');
    jest.advanceTimersByTime(1_000);
    expect(await take()).toBe('nothing');
  });

  test('wakes a worker that waits', async () => {
    const worker = queue.next();
    queue.addAfter('shop', 500, 'fresh');
    jest.advanceTimersByTime(500);
    expect(await worker).toBe('shop');
  });

  test('is run once more when its time comes while it is worked on', async () => {
    queue.add('shop', 'fresh');
    await queue.next();
    queue.addAfter('shop', 100, 'fresh');
    jest.advanceTimersByTime(100);
    expect(await take()).toBe('nothing');
    queue.done('shop');
    expect(await take()).toBe('shop');
  });
});

describe('a key that is asked for once after a while', () => {
  test('comes once, this long after it was first asked for', async () => {
    queue.addOnceAfter('/platform', 300);
    jest.advanceTimersByTime(200);
    queue.addOnceAfter('/platform', 300);
    jest.advanceTimersByTime(100);
    expect(await take()).toBe('/platform');
    queue.done('/platform');
    jest.advanceTimersByTime(1_000);
    expect(await take()).toBe('nothing');
  });

  test('comes again when it is asked for while it is worked on', async () => {
    queue.add('/platform', 'bulk');
    await queue.next();
    queue.addOnceAfter('/platform', 300);
    queue.done('/platform');
    jest.advanceTimersByTime(300);
    expect(await take()).toBe('/platform');
  });

  test('does not come before its backoff is over', async () => {
    queue.retry('/platform', 5_000);
    queue.addOnceAfter('/platform', 300);
    jest.advanceTimersByTime(4_999);
    expect(await take()).toBe('nothing');
    jest.advanceTimersByTime(1);
    expect(await take()).toBe('/platform');
  });
});

describe('a failed key', () => {
  test('comes again, later each time, up to the cap', () => {
    expect(Array.from({ length: 6 }, () => queue.retry('shop'))).toEqual([100, 200, 400, 800, 1_000, 1_000]);
  });

  test('comes again after its wait', async () => {
    queue.retry('shop');
    jest.advanceTimersByTime(99);
    expect(await take()).toBe('nothing');
    jest.advanceTimersByTime(1);
    expect(await take()).toBe('shop');
  });

  test('never comes sooner than the server asked for', () => {
    expect(queue.retry('shop', 5_000)).toBe(5_000);
    expect(queue.retry('shop', 1)).toBe(200);
  });

  test('starts over after a success, and does not slow down other keys', () => {
    queue.retry('shop');
    queue.retry('shop');
    expect(queue.retry('pay')).toBe(100);
    queue.forget('shop');
    expect(queue.retry('shop')).toBe(100);
  });

  test('comes at once when somebody changes something', async () => {
    queue.retry('shop', 60_000);
    queue.add('shop', 'fresh');
    expect(await take()).toBe('shop');
  });
});

describe('while no worker runs', () => {
  beforeEach(() => queue.standBy());

  test('nothing waits, and single changes come first when workers begin', async () => {
    queue.add('all', 'bulk');
    queue.add('shop', 'fresh');
    expect(queue.depth).toBe(0);
    queue.begin();
    queue.add('pay', 'bulk');
    queue.add('shop', 'bulk');
    expect([await take(), await take(), await take()]).toEqual(['shop', 'pay', 'nothing']);
  });

  test('changes of long ago are not told from what never changed', async () => {
    queue.add('shop', 'fresh');
    jest.advanceTimersByTime(61_000);
    queue.add('pay', 'fresh');
    queue.begin();
    expect([await take(), await take()]).toEqual(['pay', 'nothing']);
  });

  test('a delayed key is a change when its time comes', async () => {
    queue.addAfter('shop', 5_000, 'fresh');
    jest.advanceTimersByTime(5_000);
    queue.begin();
    expect(await take()).toBe('shop');
  });
});

describe('a closed queue', () => {
  test('releases every worker that waits', async () => {
    const workers = [queue.next(), queue.next()];
    queue.close();
    expect(await Promise.all(workers)).toEqual([undefined, undefined]);
  });

  test('gives nothing any more, neither what waited nor what was delayed', async () => {
    queue.add('shop', 'fresh');
    queue.addAfter('pay', 100, 'fresh');
    queue.close();
    expect(jest.getTimerCount()).toBe(0);
    queue.add('late', 'fresh');
    queue.addAfter('late', 1, 'fresh');
    queue.retry('late');
    expect(await queue.next()).toBeUndefined();
    expect(jest.getTimerCount()).toBe(0);
  });

  test('lets a worker finish its key, and does not run it again', async () => {
    queue.add('shop', 'fresh');
    await queue.next();
    queue.add('shop', 'fresh');
    queue.close();
    queue.done('shop');
    expect(await queue.next()).toBeUndefined();
  });
});
