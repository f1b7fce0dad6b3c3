// Changes the mode of a live namespace while connections are tried all the time: those that are allowed before and after a change must
// never fail, and those that are denied before and after must never get through. Must not know what is allowed when.
import type { Cluster } from '../../cluster.ts';
import { poll } from '../../control-plane/poll.ts';
import type { Attempt, Target, Watch } from '../dialer.ts';
import type { WorkingEnforcer } from '../enforcers.ts';
import type { RingNode } from '../node.ts';
import { isPaused, type Mode, platformOf, type Switch } from './modes.ts';
import { type Connection, describeConnection, isAllowed } from './scenario.ts';

export interface WalkOptions {
  readonly node: RingNode;
  readonly cluster: Cluster;
  readonly enforcer: WorkingEnforcer;
  readonly connections: readonly Connection[];
}

/** An attempt that did not end as it must. */
export interface Failure {
  readonly connection: Connection;
  readonly attempt: Attempt;
  /** `cut`: allowed before and after, and it failed; `leak`: denied before and after, and it got through. */
  readonly kind: 'cut' | 'leak';
  /** The change that was under way when it began. */
  readonly during: string;
}

interface Watched {
  readonly connection: Connection;
  readonly kind: Failure['kind'];
  readonly watch: Watch;
  /** How many of its unexpected attempts were looked at. */
  seen: number;
}

/** Long, so that a slow machine fails nothing: what an enforcer rejects fails at once, and what it drops is sent again after a second. */
const timeoutMs = 10_000;

/** A packet that is lost is sent again after a second, and that may be lost, too. */
const resentAfterMs = 900;

/** How long a change is watched after it is in force. */
const afterwardsMs = 1000;

export class Walk {
  readonly #options: WalkOptions;
  readonly #watched = new Map<string, Watched>();
  readonly #changes: { readonly at: number; readonly name: string }[] = [];
  #tried = 0;

  constructor(options: WalkOptions) {
    this.#options = options;
  }

  /** How many attempts have been made by watches that have ended. */
  get tried(): number {
    return this.#tried;
  }

  /** Brings about the first mode. @throws Error where a connection does not become what it should be */
  async begin(mode: Mode): Promise<void> {
    await this.#apply(mode);
    await this.#becomes(mode);
  }

  /**
   * Makes a change and waits until it is in force, which takes every connection to be what it should be in the new mode.
   * @returns what failed since the last change
   * @throws Error where a connection does not become what it should be
   */
  async change({ from, to }: Switch): Promise<readonly Failure[]> {
    const failures = await this.#watch((connection) => {
      const before = isAllowed(connection, from);
      if (before !== isAllowed(connection, to)) return undefined;
      return before ? 'cut' : 'leak';
    });
    this.#changes.push({ at: Date.now(), name: `${from} -> ${to}` });
    await this.#apply(to);
    await this.#becomes(to);
    await new Promise((resolve) => setTimeout(resolve, afterwardsMs));
    return [...failures, ...[...this.#watched.values()].flatMap((each) => this.#news(each))];
  }

  /** Ends all watches. @returns what failed since the last change */
  async end(): Promise<readonly Failure[]> {
    return await this.#watch(() => undefined);
  }

  /** Starts and stops watches, so that there is one for each connection that has a kind. @returns what the stopped ones saw at last */
  async #watch(kindOf: (connection: Connection) => Failure['kind'] | undefined): Promise<readonly Failure[]> {
    const { node, connections } = this.#options;
    const failures: Failure[] = [];
    const kinds = new Map(connections.map((each) => [describeConnection(each), kindOf(each)]));
    const stopping = [...this.#watched].filter(([name, { kind }]) => kinds.get(name) !== kind);
    await Promise.all(
      stopping.map(async ([name, watched]) => {
        this.#tried += await watched.watch.stop();
        failures.push(...this.#news(watched));
        this.#watched.delete(name);
      }),
    );
    for (const connection of connections) {
      const name = describeConnection(connection);
      const kind = kinds.get(name);
      if (kind === undefined || this.#watched.has(name)) continue;
      const dialer = await node.dialer(connection.from);
      const watch = dialer.watch(this.#target(connection, kind), { expect: this.#expected(kind) });
      this.#watched.set(name, { connection, kind, watch, seen: 0 });
    }
    return failures;
  }

  #target({ target }: Connection, kind: Failure['kind']): Target {
    return { ...target, timeoutMs: kind === 'cut' ? timeoutMs : resentAfterMs };
  }

  #expected(kind: Failure['kind']) {
    if (kind === 'cut') return 'reached';
    return this.#options.enforcer === 'kube-router' ? 'refused' : 'timeout';
  }

  /** What a watch saw since it was asked the last time. */
  #news(watched: Watched): readonly Failure[] {
    const { connection, kind, watch } = watched;
    const attempts = watch.unexpected.slice(watched.seen);
    watched.seen += attempts.length;
    return attempts
      .filter(({ outcome }) => kind === 'cut' || outcome === 'reached')
      .map((attempt) => ({ connection, attempt, kind, during: this.#changeAt(attempt.at) }));
  }

  #changeAt(time: number): string {
    return this.#changes.findLast(({ at }) => at <= time)?.name ?? 'the beginning';
  }

  /** Makes the change, and waits until the operator says that it has written everything. */
  async #apply(mode: Mode): Promise<void> {
    const { cluster } = this.#options;
    await cluster.platform(platformOf(mode));
    const pause = await cluster.find(pausePath);
    if (isPaused(mode) && pause === undefined) await cluster.api.json('POST', pausesPath, newPause());
    if (!isPaused(mode) && pause !== undefined) await cluster.api.json('DELETE', pausePath);
    await cluster.eventually(`the policy of a pause ${isPaused(mode) ? 'is there' : 'is gone'}`, async () => {
      const names = await cluster.policyNames('live');
      return names.includes('ringfence-pause') === isPaused(mode);
    });
    await cluster.platformCondition('Ready', 'True');
  }

  /** Waits until every connection is what it should be in this mode. */
  async #becomes(mode: Mode): Promise<void> {
    const { node, connections } = this.#options;
    let wrong: readonly string[] = [];
    const look = async () => {
      const answers = await Promise.all(
        connections.map(async (connection) => {
          const [attempt] = await node.probe(connection.from, [
            { ...connection.target, timeoutMs: resentAfterMs },
          ]);
          return { connection, outcome: attempt?.outcome ?? '' };
        }),
      );
      wrong = answers
        .filter(({ connection, outcome }) => (outcome === 'reached') !== isAllowed(connection, mode))
        .map(({ connection, outcome }) => `${describeConnection(connection)}: ${outcome}`);
      return wrong.length === 0;
    };
    await poll(look, {
      expired: () => new Error(`in mode ${mode}, not as it should be: ${wrong.join('; ')}`),
    });
  }
}

/** What failed, a line for each connection: when at first, the ends, the change under way, how it ended, and how often after that. */
export function describeFailures(failures: readonly Failure[]): readonly string[] {
  const alike = Map.groupBy(
    failures,
    (each) => `${describeConnection(each.connection)} during ${each.during}`,
  );
  return [...alike].flatMap(([name, [first, ...more]]) => {
    if (first === undefined) return [];
    const { kind, attempt } = first;
    const last = more.at(-1);
    const rest = last === undefined ? '' : `, and ${more.length} more until ${timeOf(last)}`;
    return [`${timeOf(first)} ${name}: ${kind}, ${attempt.outcome} after ${attempt.took} ms${rest}`];
  });
}

const timeOf = ({ attempt }: Failure): string => new Date(attempt.at).toISOString().slice(11, -1);

const pausesPath = '/apis/ringfence.dev/v1alpha1/networkpauses';
const pausePath = `${pausesPath}/live`;

const newPause = () => ({
  ...{ apiVersion: 'ringfence.dev/v1alpha1', kind: 'NetworkPause', metadata: { name: 'live' } },
  spec: { namespace: 'live', until: new Date(Date.now() + 3_600_000).toISOString(), reason: 'a test' },
});
