import { beforeEach, describe, expect, test } from '@jest/globals';
import { object } from '../../test/fixtures.ts';
import { ClusterFacts } from './cluster-facts.ts';
import { networkPauses } from './policy-resources.ts';

const noon = Date.parse('2026-01-02T12:00:00Z');
const minute = 60_000;
const at = (ms: number) => new Date(ms).toISOString();

let now: number;
let cluster: ClusterFacts;

beforeEach(() => {
  now = noon;
  cluster = new ClusterFacts('ringfence-system', () => now);
});

/** Stores a pause of the namespace `shop`. */
function pause(name: string, until: number | string, more: object = {}, status: object = {}): void {
  const spec = { namespace: 'shop', until: typeof until === 'number' ? at(until) : until, reason: 'why' };
  const { metadata, ...rest } = object('NetworkPause', name, spec);
  cluster.stores.pauses.accept(networkPauses.reduce({ ...rest, metadata: { ...metadata, ...more }, status }));
}

/** The names of the pauses that are not over. */
const open = () =>
  (cluster.view().pauses.get('shop') ?? []).flatMap((each) => (each.isOver ? [] : [each.name]));

describe('a pause', () => {
  test('is over from its time on, wherever that is written', () => {
    pause('utc', noon + minute);
    pause('here', '2026-01-02T13:01:00.0000000+01:00');
    now = noon + minute - 1;
    expect(open()).toEqual(['here', 'utc']);
    now = noon + minute;
    expect(open()).toEqual([]);
  });

  test('that is over stays over when the clock is set back, until somebody edits it', () => {
    pause('asked', noon + minute);
    now = noon + minute;
    expect(open()).toEqual([]);
    now = noon;
    expect(open()).toEqual([]);
    pause('asked', noon + 2 * minute, { generation: 2, resourceVersion: '2' });
    expect(open()).toEqual(['asked']);
  });

  test('that is over stays over after a restart, too: its status says so, of this generation', () => {
    const expired = { observedGeneration: 3, state: 'Expired' };
    pause('asked', noon + minute, { generation: 3 }, expired);
    expect(open()).toEqual([]);
    pause('asked', noon + 2 * minute, { generation: 4, resourceVersion: '2' }, expired);
    expect(open()).toEqual(['asked']);
  });

  test('is over when it is deleted, also if a finalizer keeps it, and another one with its name is not', () => {
    pause('asked', noon + minute);
    now = noon + minute;
    expect(open()).toEqual([]);
    now = noon;
    pause('asked', noon + minute, { uid: 'another', resourceVersion: '2' });
    expect(open()).toEqual(['asked']);
    pause('asked', noon + minute, { uid: 'another', resourceVersion: '3', deletionTimestamp: at(noon) });
    expect(open()).toEqual([]);
  });

  test('that can not be read is over, and one of a namespace that can not be read is nowhere', () => {
    pause('unreadable', 'tomorrow');
    expect(open()).toEqual([]);
    expect(cluster.view().pauses.get('shop')).toHaveLength(1);
    cluster.stores.pauses.accept(
      networkPauses.reduce(object('NetworkPause', 'nowhere', { namespace: '/platform', until: at(noon) })),
    );
    expect([...cluster.view().pauses.keys()]).toEqual(['shop']);
  });
});

describe('the next look at a namespace', () => {
  test('is when the next pause ends, and none is needed when all are over', () => {
    pause('first', noon + 2_000);
    pause('second', noon + 5_000);
    expect(cluster.pauses.checkAgainMs('shop')).toBe(2_001);
    now = noon + 2_001;
    expect(cluster.pauses.checkAgainMs('shop')).toBe(3_000);
    now = noon + 5_000;
    expect(cluster.pauses.checkAgainMs('shop')).toBeUndefined();
    expect(cluster.pauses.checkAgainMs('pay')).toBeUndefined();
  });

  test('is within a minute: the clock may be set in the meantime', () => {
    pause('long', noon + 100 * minute);
    expect(cluster.pauses.checkAgainMs('shop')).toBe(minute);
  });
});
