// Rounds as a client would make them, with listeners on two nodes.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { capabilities } from './canary-table.ts';
import {
  afterRound,
  type Listener,
  nextRound,
  noRounds,
  pauseMs,
  type Rounds,
  reportOf,
  type Tried,
  whileResting,
} from './rounds.ts';

const listener = (group: string, node: string, family: 'IPv4' | 'IPv6' = 'IPv4'): Listener => ({
  ...{ group, node, family },
  pod: `${group}-${node}`,
  address: `${group} on ${node} by ${family}`,
});

const all = ['listener-a', 'listener-b'].flatMap((group) =>
  ['n1', 'n2'].map((node) => listener(group, node)),
);
const dual = [...all, ...all.map(({ group, node }) => listener(group, node, 'IPv6'))];

const good: Tried = { control: true, listens: true, denied: 'dropped' };
const open: Tried = { control: true, listens: true, denied: 'connected' };
const cut: Tried = { control: false, listens: false, denied: 'dropped' };

/** Makes rounds from a client on the node n1, with pauses between them, where each listener behaves as `behaves` says. */
function walk(
  count: number,
  listeners: readonly Listener[],
  behaves: (listener: Listener, direction: 'Ingress' | 'Egress') => Tried,
  from: Rounds = noRounds,
): { readonly rounds: Rounds; readonly tookMs: number } {
  let rounds = from;
  let nowMs = 0;
  for (let index = 0; index < count; index += 1) {
    if (index > 0) nowMs += pauseMs(rounds, 1);
    const round = nextRound(rounds, listeners, 'n1');
    const { Ingress, Egress } = round.listeners;
    const result = {
      tried: {
        ...(Ingress && { Ingress: behaves(Ingress, 'Ingress') }),
        ...(Egress && { Egress: behaves(Egress, 'Egress') }),
      },
      capability: true,
    };
    rounds = afterRound(rounds, { round, result, all: listeners, nowMs });
  }
  return { rounds, tookMs: nowMs };
}

const told = (rounds: Rounds) =>
  reportOf(rounds, undefined).checks.map(
    ({ direction, family, node, outcome, confirmed }) =>
      `${direction} ${family} ${node} ${outcome}${confirmed ? '' : '?'}`,
  );

describe('a round', () => {
  test('comes to the own node of the client in one direction, and to another one in the other', () => {
    const nodes = [0, 1, 2].map((count) => {
      const { listeners } = nextRound({ ...noRounds, count }, all, 'n1');
      return `${listeners.Ingress?.node} ${listeners.Egress?.node}`;
    });
    expect(nodes).toEqual(['n1 n2', 'n2 n1', 'n1 n2']);
  });

  test('comes to all others in turn', () => {
    const group = ['n2', 'n1', 'n3', 'n4'].map((node) => listener('listener-a', node));
    const nodes = (own: string) =>
      [0, 1, 2, 3, 4, 5].map((count) => {
        const { listeners } = nextRound({ ...noRounds, count }, group, own);
        return Object.values(listeners)[0]?.node;
      });
    expect(nodes('n1')).toEqual(['n1', 'n2', 'n1', 'n3', 'n1', 'n4']);
    expect(nodes('n9')).toEqual(['n2', 'n1', 'n3', 'n4', 'n2', 'n1']);
  });

  test('comes to every listener and family in turn', () => {
    expect(told(walk(4, dual, () => good).rounds).sort()).toEqual(
      ['Egress', 'Ingress'].flatMap((direction) =>
        ['IPv4', 'IPv6'].flatMap((family) =>
          ['n1', 'n2'].map((node) => `${direction} ${family} ${node} holds`),
        ),
      ),
    );
  });

  test('makes fewer than ten connections a minute', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(good, open, cut), { minLength: 12, maxLength: 12 }),
        (outcomes) => {
          let rounds = noRounds;
          let connections = 0;
          let nowMs = 0;
          for (const tried of outcomes) {
            const round = nextRound(rounds, all, 'n1');
            connections += 2 * Object.keys(round.listeners).length + (round.capability ? 1 : 0);
            const result = { tried: { Ingress: tried, Egress: good }, capability: true };
            rounds = afterRound(rounds, { round, result, all, nowMs });
            nowMs += pauseMs(rounds, 0);
          }
          expect(connections / (nowMs / 60_000)).toBeLessThan(10);
        },
      ),
    );
  });

  test('has nobody to try while there is no listener', () => {
    expect(nextRound(noRounds, [], 'n1')).toMatchObject({ listeners: {} });
  });
});

describe('a denied connection that is made', () => {
  const notOnN2 = ({ node }: Listener, direction: string) =>
    direction === 'Ingress' && node === 'n2' ? open : good;

  test('is certain after three rounds at the same listener, and more than a minute', () => {
    expect(told(walk(2, all, notOnN2).rounds)).toContain('Ingress IPv4 n2 open?');
    expect(told(walk(3, all, notOnN2).rounds)).toContain('Ingress IPv4 n2 open?');
    const { rounds } = walk(4, all, notOnN2);
    expect(told(rounds)).toContain('Ingress IPv4 n2 open');
    // Then the others have their turn again.
    expect(rounds.suspects).toEqual({});
  });

  test.each([
    ['in one direction', (_: Listener, direction: string) => direction === 'Egress'],
    // What comes from another node is still denied there.
    ['at the node of the client', ({ node }: Listener) => node === 'n1'],
  ])('%s is certain within two minutes, wherever the rounds are', (_, isOpen) => {
    for (const listeners of [all, dual]) {
      for (let before = 0; before < 8; before += 1) {
        const { rounds } = walk(before, listeners, () => good);
        const behaves = (at: Listener, direction: string) => (isOpen(at, direction) ? open : good);
        const after = walk(3, listeners, behaves, rounds);
        expect(told(after.rounds).filter((line) => /open$/.test(line))).toHaveLength(1);
        // It may begin right after a round; then the operator looks every ten seconds.
        expect(pauseMs(rounds, 1) + after.tookMs + 10_000).toBeLessThan(110_000);
      }
    }
  });

  test('proves nothing where the listener does not answer', () => {
    const { rounds } = walk(4, all, () => ({ ...open, control: false }));
    expect(told(rounds)).not.toContainEqual(expect.stringContaining('open'));
  });

  test('is forgotten as soon as it is denied again', () => {
    const { rounds } = walk(4, all, notOnN2);
    expect(told(walk(2, all, () => good, rounds).rounds)).toContain('Ingress IPv4 n2 holds');
  });

  test('does not count any more where no listener is left', () => {
    const { rounds } = walk(4, all, notOnN2);
    const left = all.filter(({ node }) => node === 'n1');
    expect(told(walk(1, left, () => good, rounds).rounds)).not.toContainEqual(expect.stringContaining('n2'));
  });
});

describe('a denial', () => {
  test('proves nothing where nobody who is allowed reaches the same port', () => {
    const { rounds } = walk(6, all, () => ({ ...good, listens: false }));
    expect(told(rounds)).not.toContainEqual(expect.stringContaining('holds'));
    expect(told(rounds)).toContain('Ingress IPv4 n1 unproven');
    expect(rounds.capabilities.Denial).toBeUndefined();
  });

  test('that does not happen needs no such proof', () => {
    const { rounds } = walk(3, all, () => ({ ...open, listens: false }));
    expect(told(rounds)).toContain('Ingress IPv4 n1 open');
  });

  test('is tried with two listeners that are not always on one node, so that they also try each other across', () => {
    const pairs = Array.from({ length: 4 }, (_, count) => {
      const { Ingress, Egress } = nextRound({ ...noRounds, count }, all, 'n9').listeners;
      return Ingress?.node === Egress?.node;
    });
    expect(pairs).toContain(false);
  });
});

test('an allowed connection that fails is told apart from one that is denied', () => {
  const { rounds } = walk(3, all, () => cut);
  expect(told(rounds)).toContain('Ingress IPv4 n1 cut');
});

describe('a capability', () => {
  test('is known after as many rounds as there are', () => {
    const known = walk(capabilities.length, all, () => good).rounds.capabilities;
    expect(capabilities.map(({ name }) => known[name])).toEqual(capabilities.map(() => 'Yes'));
    expect(known.Denial).toBe('Dropped');
  });

  test('is not lost by one connection that fails', () => {
    const [first] = capabilities;
    const rounds = walk(capabilities.length, all, () => good).rounds;
    const failing = (before: Rounds) =>
      afterRound(before, {
        round: { ...nextRound(before, all, 'n1'), ...(first && { capability: first }) },
        result: { tried: { Egress: good }, capability: false },
        all,
        nowMs: 0,
      });
    const once = failing(rounds);
    expect(once.capabilities[first?.name ?? '']).toBe('Unknown');
    expect(failing(once).capabilities[first?.name ?? '']).toBe('No');
  });

  test('is kept while others have their turn, and not if it was seen under other policies', () => {
    const { rounds } = walk(capabilities.length, all, () => good);
    expect(whileResting(rounds, true)).toEqual({ ...noRounds, capabilities: rounds.capabilities });
    expect(whileResting(rounds, false)).toEqual(noRounds);
  });

  test('is not known where nothing is denied', () => {
    expect(walk(10, all, () => open).rounds.capabilities).toEqual(noRounds.capabilities);
  });
});
