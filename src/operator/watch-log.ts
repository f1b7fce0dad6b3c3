// Reports the state of the watches to people: one line per change of state, with the command that fixes it.
// States that pass at once, as of a server that has just started, are not reported. Must not know how a watch works.
import type { Logger } from 'pino';
import { type ApiError, classify } from '../kube/errors.ts';
import type { CacheListener } from '../objects/cache.ts';
import { grantPermission } from '../plan/failure.ts';

/** The first two concern the whole server, the others one resource. */
type Trouble = 'unreachable' | 'unauthorized' | 'missing' | 'denied' | 'refusing';

/** Its state at the last attempt. Times are by `performance.now()`. */
interface Failing {
  readonly since: number;
  readonly trouble: Trouble;
  readonly troubleSince: number;
}

// A starting API server refuses, forgets its roles and knows no custom resource for about this long.
const patienceMs = 2_000;
// Every resource finds out by itself, each at its next attempt.
const oneRestoreMs = 60_000;

/** Logs state changes of the watches. */
export class WatchLog {
  readonly #log: Logger;
  readonly #failing = new Map<string, Failing>();
  readonly #reported = new Map<string, Trouble>();
  #turnedBackAt: number | undefined;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** What doesn't work, for /readyz; empty if every watch works. */
  get troubles(): readonly string[] {
    return [...this.#reported].map(([resource, trouble]) => `${resource}: ${trouble}`);
  }

  /** A watch works. */
  healthy(resource: string): void {
    this.#failing.delete(resource);
    this.#changeTo(resource, undefined);
  }

  /** A watch failed at `now`, by `performance.now()`. */
  failed(resource: string, error: ApiError, now: number): void {
    const trouble = troubleOf(error);
    const before = this.#failing.get(resource);
    const since = before?.since ?? now;
    const troubleSince = before?.trouble === trouble ? before.troubleSince : now;
    this.#failing.set(resource, { since, trouble, troubleSince });
    const reported = this.#reported.get(resource);
    const lasts = now - (reported === undefined ? since : troubleSince);
    if (reported === trouble || lasts < patienceMs) return;
    const isNews = !isServerWide(trouble) || !this.#any(trouble);
    this.#changeTo(resource, trouble);
    if (isNews)
      this.#log.warn({ resource, status: error.status, error: error.message }, explain(resource, trouble));
  }

  /** A list was older than the cache, at `now`, by `performance.now()`: reported once for all resources. */
  turnedBack(resource: string, now: number): void {
    const isNews = this.#turnedBackAt === undefined || now - this.#turnedBackAt > oneRestoreMs;
    this.#turnedBackAt = now;
    if (isNews)
      this.#log.warn(
        { resource },
        'the API server has returned to an older state, as after a restore of etcd: continuing from its current state',
      );
  }

  /** Remembers what is reported about a resource now, and reports that the previous state has ended. */
  #changeTo(resource: string, trouble: Trouble | undefined): void {
    const before = this.#reported.get(resource);
    if (trouble === undefined) this.#reported.delete(resource);
    else this.#reported.set(resource, trouble);
    if (before === undefined || before === trouble) return;
    if (!isServerWide(before)) {
      if (trouble === undefined) this.#log.info({ resource }, `watching ${resource} again`);
    } else if (!this.#any(before)) this.#log.info(over[before]);
  }

  #any(trouble: Trouble): boolean {
    return [...this.#reported.values()].includes(trouble);
  }
}

/** Logs the state of the watches. */
export function followWatches(log: WatchLog): CacheListener {
  return {
    onSteady: (resource) => log.healthy(resource),
    onFailure: (resource, error) => log.failed(resource, error, performance.now()),
    onTurnedBack: (resource) => log.turnedBack(resource, performance.now()),
  };
}

const over = {
  unreachable: 'the API server is reachable again',
  unauthorized: 'the API server accepts our credentials again',
} as const;

function isServerWide(trouble: Trouble): trouble is keyof typeof over {
  return trouble in over;
}

function troubleOf(error: ApiError): Trouble {
  switch (classify(error)) {
    case 'unreachable':
      return 'unreachable';
    case 'gone':
      return 'missing';
    case 'unauthorized':
      return 'unauthorized';
    case 'denied':
      return 'denied';
    default:
      return 'refusing';
  }
}

function explain(resource: string, trouble: Trouble): string {
  switch (trouble) {
    case 'unreachable':
      return 'the API server is unreachable: retrying until it answers';
    case 'unauthorized':
      return 'the API server does not accept our credentials: check the kubeconfig or the service account token';
    case 'missing':
      return `the cluster does not know ${resource}: install it with \`kubectl apply -k config/crd\``;
    case 'denied':
      return `no permission to list and watch ${resource}: ${grantPermission}`;
    case 'refusing':
      return `the API server refuses to list or watch ${resource}: retrying`;
  }
}
