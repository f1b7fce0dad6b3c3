// Writes the statuses of profiles and pauses if they differ from the stored ones, and notices who else writes them.
// Must not know how a status comes about.

import { isDeepStrictEqual } from 'node:util';
import { type AppNetworkProfileStatus, appNetworkProfileStatus } from '../api/app-network-profile.ts';
import { platformProfileName } from '../api/platform-network-profile.ts';
import { type PlatformNetworkProfileStatus, platformNetworkProfileStatus } from '../api/platform-status.ts';
import type { CompiledNamespace } from '../compile/compile.ts';
import { platformFindings } from '../compile/warnings/invalid-profile.ts';
import { misspeltInPlatform } from '../compile/warnings/misspelt-namespaces.ts';
import { discoveryFindings } from '../compile/warnings/not-discovered.ts';
import { classify } from '../kube/errors.ts';
import type { ObjectRequests } from '../kube/object-requests.ts';
import { mergePatch, readStatus } from '../kube/object-status.ts';
import type { Change, Identified } from '../kube/store.ts';
import { wallTime } from '../kube/wall-time.ts';
import type { Finding } from '../model/findings.ts';
import { fingerprint } from '../model/network-policy.ts';
import type { OwnedPolicy } from '../model/policies.ts';
import type { Cache } from '../objects/cache.ts';
import {
  appNetworkProfiles,
  networkPauses,
  platformNetworkProfiles,
  type StoredPause,
  type StoredPlatform,
  type StoredProfile,
} from '../objects/policy-resources.ts';
import { goneFindings, unreadableFindings } from '../plan/blind-spots.ts';
import type { Failure } from '../plan/failure.ts';
import { internalErrorStatus } from '../plan/internal-error-status.ts';
import { pauseStatus } from '../plan/pause-status.ts';
import { platformStatus, type ReportedEnforcement } from '../plan/platform-profile-status.ts';
import { type FrozenPolicies, profileStatus } from '../plan/profile-status.ts';
import { withConcurrency } from './bounded-concurrency.ts';
import { contain } from './mistakes.ts';
import { specIdentity } from './namespace-record.ts';
import type { NamespaceTracker } from './namespace-tracker.ts';
import { StatusPace } from './status-pace.ts';
import { WriteConflicts } from './write-conflicts.ts';

/** The content of the statuses of a namespace's profiles. */
export interface ProfileReport {
  /** Absent if there is no platform profile. */
  readonly compiled: CompiledNamespace | undefined;
  /** The uids of the profiles with a policy that is not as desired. */
  readonly lacking: ReadonlySet<string>;
  /** Why not every policy is in place; absent if all are. */
  readonly failure?: Failure | undefined;
}

/** The result of writing the platform profile's status. */
export interface PlatformReport {
  /** The status; absent if there is no profile, and if the previous status stays until every namespace is reconciled. */
  readonly status?: PlatformNetworkProfileStatus;
  /** When to write it again, if nothing changes before: in milliseconds. */
  readonly againAfterMs?: number;
}

/** The object with the status. */
type StoredStatus = StoredProfile | StoredPlatform | StoredPause;

/** How long namespaces may wait without progress before this is reported, in milliseconds. */
const overdueMs = 30_000;

/** Writes statuses. */
export class StatusWriter {
  readonly #cache: Cache;
  readonly #tracker: NamespaceTracker;
  readonly #enforced: () => ReportedEnforcement | undefined;
  /** If somebody else keeps overwriting a status, we do not fight either. */
  readonly #conflicts = new WriteConflicts();
  /** By uid, the status that is being sent: a watch may report it before the answer arrives. */
  readonly #sending = new Map<string, string>();
  /** By uid, if the server stored something else than was sent, for example because of an older CRD: both. */
  readonly #storedAs = new Map<string, { readonly sent: string; readonly stored: string }>();
  readonly #pace = new StatusPace();
  /** The uids of waiting namespaces, and when the last one of them made progress. */
  #waiting: { readonly uids: ReadonlySet<string>; readonly since: number } = { uids: new Set(), since: 0 };

  /** @param enforced what is known now of whether policies are in force; `undefined` before anybody has looked */
  constructor(cache: Cache, tracker: NamespaceTracker, enforced: () => ReportedEnforcement | undefined) {
    this.#cache = cache;
    this.#tracker = tracker;
    this.#enforced = enforced;
    const { profiles, platforms, pauses } = cache.stores;
    for (const store of [profiles, platforms, pauses])
      store.onChange(({ previous, next }: Change<Identified>) => {
        if (previous !== undefined && previous.uid !== next?.uid) this.#storedAs.delete(previous.uid);
      });
  }

  /** Whether an update that a watch reports is a status that somebody else wrote. */
  isForeign({ previous, next }: Change<StoredStatus>): boolean {
    if (next === undefined || isDeepStrictEqual(previous?.status, next.status)) return false;
    return this.#sending.get(next.uid) !== fingerprintOf(next.status);
  }

  /**
   * Writes the statuses of the profiles in a namespace.
   *
   * A profile that was edited since it was compiled is left out: its status would claim to include the edit.
   *
   * @returns after how many milliseconds to write those that somebody else keeps overwriting; 0 if nobody does
   * @throws ApiError if one could not be written
   * @throws ContainedMistake if one could not be made
   */
  async writeProfiles(namespace: string, { compiled, lacking, failure }: ProfileReport): Promise<number> {
    // The cache has their state from before the kind disappeared.
    if (this.#cache.goneKinds.includes(appNetworkProfiles.name)) return 0;
    // A namespace may contain thousands of profiles: searching a list for each of them would be slow.
    const made = new Map(compiled?.profiles.map((each) => [each.profile.uid, each]));
    const owned = Map.groupBy(this.#cache.policiesIn(namespace).owned, ({ ownerUid }) => ownerUid);
    const now = wallTime();
    let pause = 0;
    await withConcurrency(this.#cache.stores.profiles.inNamespace(namespace).values(), async (profile) => {
      if (profile.terminating) return;
      const { uid } = profile;
      const own = owned.get(uid) ?? [];
      const mine = made.get(uid);
      if (compiled !== undefined && mine?.profile.generation !== profile.generation) return;
      const previous = readStatus(appNetworkProfileStatus, profile.status);
      const frozen = this.#frozenOf(profile, own, compiled);
      const writing = { owned: own.length, isIncomplete: lacking.has(uid), failure };
      const status = contain(() =>
        profileStatus({ profile, compiled, compiledProfile: mine, frozen, previous, writing, now }),
      );
      // Others are written in the meantime: their findings must not be read before the wait.
      const wait = await this.#writeProfile(profile, status);
      pause = Math.max(pause, wait);
    });
    return pause;
  }

  /**
   * Writes the statuses of the pauses of a namespace, which need not exist.
   *
   * @returns after how many milliseconds to write those that somebody else keeps overwriting; 0 if nobody does
   * @throws ApiError if one could not be written
   * @throws ContainedMistake if one could not be made
   */
  async writePauses(
    namespace: string,
    { compiled, failure }: Pick<ProfileReport, 'compiled' | 'failure'>,
  ): Promise<number> {
    const view = this.#cache.view();
    // As they were when it was decided what to write: time goes on, and a pause that ends now is still in force.
    const pauses = compiled === undefined ? view.pauses.get(namespace) : compiled.pauses;
    const namespaceExists = view.namespaces.get(namespace)?.terminating === false;
    const { owned } = this.#cache.policiesIn(namespace);
    let pause = 0;
    await withConcurrency(pauses ?? [], async (facts) => {
      const stored = this.#cache.stores.pauses.get({ namespace: '', name: facts.name });
      if (stored === undefined || stored.terminating || stored.generation !== facts.generation) return;
      const status = contain(() => pauseStatus({ pause: facts, namespaceExists, compiled, owned, failure }));
      const wait = await this.#write(stored, status, this.#cache.requests(networkPauses));
      pause = Math.max(pause, wait);
    });
    return pause;
  }

  /**
   * Writes into the profiles of a namespace that a bug keeps it is.
   *
   * @throws ApiError if one could not be written
   */
  async writeInternalError(namespace: string, finding: Finding): Promise<void> {
    await withConcurrency(this.#cache.stores.profiles.inNamespace(namespace).values(), async (profile) => {
      if (profile.terminating) return;
      const previous = readStatus(appNetworkProfileStatus, profile.status);
      await this.#writeProfile(profile, internalErrorStatus(profile, finding, previous, wallTime()));
    });
  }

  /** What stays of a profile that can't be read; nothing if it can be read, or if none of its policies stays. */
  #frozenOf(
    { namespace, uid, decoded }: StoredProfile,
    own: readonly OwnedPolicy[],
    compiled: CompiledNamespace | undefined,
  ): FrozenPolicies | undefined {
    if (decoded.ok || !compiled?.frozenOwners.has(uid)) return undefined;
    return {
      own: own.map((policy) => policy.name),
      mirroredIn: [...this.#cache.holdingMirrorsOf(namespace)],
    };
  }

  /**
   * Writes the status of the platform profile, from the states of all namespaces.
   *
   * @throws ApiError if it could not be written
   */
  async writePlatform(): Promise<PlatformReport> {
    const platform = this.#platform();
    if (platform === undefined || platform.terminating) return {};
    if (this.#cache.goneKinds.includes(platformNetworkProfiles.name)) return {};
    const { status, isKept } = contain(() => this.#pace.measure(() => this.#platformStatus(platform)));
    const pause = await this.#write(platform, status, this.#cache.requests(platformNetworkProfiles));
    const againAfterMs = isKept ? overdueMs : pause;
    return { ...(isKept ? {} : { status }), ...(againAfterMs > 0 ? { againAfterMs } : {}) };
  }

  /** How long to collect changes before `writePlatform`, in milliseconds. */
  get platformDelayMs(): number {
    return this.#pace.delayMs;
  }

  #platformStatus(platform: StoredPlatform): ReturnType<typeof platformStatus> {
    const waiting = this.#waitingFor(specIdentity(platform));
    return platformStatus({
      platform,
      keepsEarlierVersion: this.#cache.view().platform?.outdated !== undefined,
      discovered: this.#cache.view().discovered,
      previous: readStatus(platformNetworkProfileStatus, platform.status),
      records: this.#tracker.records(),
      policies: this.#cache.ownedPolicies,
      findings: this.#platformFindings(platform),
      enforced: this.#enforced(),
      waiting: waiting.size,
      isOverdue: this.#isOverdue(waiting),
      now: wallTime(),
    });
  }

  /** Every current finding, of the platform profile and of all namespaces. */
  findings(): readonly Finding[] {
    const platform = this.#platform();
    return [
      ...(platform === undefined ? [] : this.#platformFindings(platform)),
      ...[...this.#tracker.records().values()].flatMap(({ findings }) => findings),
    ];
  }

  #platformFindings(platform: StoredPlatform): readonly Finding[] {
    const view = this.#cache.view();
    const spec = platform.decoded.ok ? platform.decoded.value.spec : undefined;
    return [
      ...goneFindings(platform, this.#cache.goneKinds),
      ...platformFindings(platform),
      ...(spec ? [...misspeltInPlatform(spec, view), ...discoveryFindings(view, spec)] : []),
      ...unreadableFindings(platform, this.#cache.unreadable),
    ];
  }

  #platform(): StoredPlatform | undefined {
    return this.#cache.stores.platforms.get({ namespace: '', name: platformProfileName });
  }

  /** The uids of the namespaces that were not reconciled since the platform profile changed. */
  #waitingFor(spec: string): ReadonlySet<string> {
    const live = [...this.#cache.view().namespaces.values()].filter((namespace) => !namespace.terminating);
    const waiting = live.filter(({ name, uid }) => {
      const record = this.#tracker.get(name)?.record;
      return record?.uid !== uid || record.madeFrom !== spec;
    });
    return new Set(waiting.map(({ uid }) => uid));
  }

  /** Whether these namespaces have waited for long without any progress. */
  #isOverdue(uids: ReadonlySet<string>): boolean {
    const now = performance.now();
    const before = this.#waiting;
    const isStuck = before.uids.size > 0 && [...before.uids].every((uid) => uids.has(uid));
    this.#waiting = isStuck ? before : { uids, since: now };
    return now - this.#waiting.since >= overdueMs;
  }

  async #writeProfile(profile: StoredProfile, status: AppNetworkProfileStatus): Promise<number> {
    return this.#write(profile, status, this.#cache.requests(appNetworkProfiles));
  }

  /** Returns how long the status is left alone, in milliseconds, because somebody else keeps overwriting it. */
  async #write<T extends StoredStatus>(
    stored: T,
    status: object,
    requests: ObjectRequests<T>,
  ): Promise<number> {
    const { uid, namespace, name } = stored;
    const wanted = fingerprintOf(status);
    const before = fingerprintOf(stored.status);
    if (before === wanted) return 0;
    const intent = fingerprintOf(status, 'lastTransitionTime');
    const storedAs = this.#storedAs.get(uid);
    if (storedAs?.sent === intent && storedAs.stored === before) return 0;
    const subject = { namespace, name, within: uid };
    const pause = this.#conflicts.pauseOf(subject, intent, performance.now());
    if (pause > 0) return pause;
    this.#sending.set(uid, wanted);
    const body = { metadata: { uid }, status: mergePatch(stored.status, status) };
    try {
      const { object } = await requests.patchStatus(stored, body);
      const after = fingerprintOf(object.status);
      if (after === wanted) this.#storedAs.delete(uid);
      else this.#storedAs.set(uid, { sent: intent, stored: after });
      this.#conflicts.wrote(subject, intent, true, performance.now());
    } catch (error) {
      // Deleted or recreated: the cache has read it again, and if it exists, it comes up again.
      if (!['gone', 'conflict'].includes(classify(error))) throw error;
    } finally {
      this.#sending.delete(uid);
    }
    return 0;
  }
}

/** A text that is equal for equal statuses. */
function fingerprintOf(status: unknown, without?: string): string {
  if (without === undefined) return fingerprint(status ?? {});
  const bare = JSON.stringify(status ?? {}, (key, value) => (key === without ? undefined : value));
  return fingerprint(JSON.parse(bare));
}
