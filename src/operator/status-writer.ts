// Writes the statuses of both kinds of profile, where they differ from what is there, and notices who else writes them.
// Must not know how a status comes about.

import { isDeepStrictEqual } from 'node:util';
import { type AppNetworkProfileStatus, appNetworkProfileStatus } from '../api/app-network-profile.ts';
import { platformProfileName } from '../api/platform-network-profile.ts';
import { type PlatformNetworkProfileStatus, platformNetworkProfileStatus } from '../api/platform-status.ts';
import type { CompiledNamespace } from '../compile/compile.ts';
import { platformFindings } from '../compile/warnings/invalid-profile.ts';
import { discoveryFindings } from '../compile/warnings/not-discovered.ts';
import { classify } from '../kube/errors.ts';
import type { ObjectRequests } from '../kube/object-requests.ts';
import { mergePatch, readStatus } from '../kube/object-status.ts';
import type { Change } from '../kube/store.ts';
import { wallTime } from '../kube/wall-time.ts';
import type { Finding } from '../model/findings.ts';
import { fingerprint } from '../model/network-policy.ts';
import type { OwnedPolicy } from '../model/policies.ts';
import type { Cache } from '../objects/cache.ts';
import {
  appNetworkProfiles,
  platformNetworkProfiles,
  type StoredPlatform,
  type StoredProfile,
} from '../objects/policy-resources.ts';
import { goneFindings, unreadableFindings } from '../plan/blind-spots.ts';
import type { Failure } from '../plan/failure.ts';
import { internalErrorStatus } from '../plan/internal-error-status.ts';
import { platformStatus } from '../plan/platform-profile-status.ts';
import { type FrozenPolicies, profileStatus } from '../plan/profile-status.ts';
import { withConcurrency } from './bounded-concurrency.ts';
import { contain } from './mistakes.ts';
import { specIdentity } from './namespace-record.ts';
import type { NamespaceTracker } from './namespace-tracker.ts';
import { WriteConflicts } from './write-conflicts.ts';

/** What is told of a namespace in the statuses of its profiles. */
export interface ProfileReport {
  /** Absent where there is no platform profile. */
  readonly compiled: CompiledNamespace | undefined;
  /** The uids of the profiles of which a policy is not as it should be. */
  readonly lacking: ReadonlySet<string>;
  /** Why not every policy is in place; absent where nothing stands in the way. */
  readonly failure?: Failure | undefined;
}

/** What came of the platform profile's status. */
export interface PlatformReport {
  /** The status; absent where there is no profile, and where what was told before is kept until everything is looked at. */
  readonly status?: PlatformNetworkProfileStatus;
  /** When to look again, if nothing changes before: in milliseconds. */
  readonly againAfterMs?: number;
}

/** What a status is written to. */
type StoredStatus = StoredProfile | StoredPlatform;

/** For how long namespaces may wait without any of them being looked at before this is told, in milliseconds. */
const overdueMs = 30_000;

/** Writes statuses. */
export class StatusWriter {
  readonly #cache: Cache;
  readonly #tracker: NamespaceTracker;
  /** Who else writes a status again and again is not fought either. */
  readonly #conflicts = new WriteConflicts();
  /** By uid, the status that is being sent: a watch may tell of it before the answer does. */
  readonly #sending = new Map<string, string>();
  /** By uid, where the server stored something else than was sent, such as with an older CRD: both. */
  readonly #tookAs = new Map<string, { readonly sent: string; readonly stored: string }>();
  /** The uids of namespaces that wait, and when it was last seen that one of them was looked at. */
  #waiting: { readonly uids: ReadonlySet<string>; readonly since: number } = { uids: new Set(), since: 0 };

  constructor(cache: Cache, tracker: NamespaceTracker) {
    this.#cache = cache;
    this.#tracker = tracker;
  }

  /** Whether an update that a watch tells of is a status that somebody else wrote. */
  isForeign({ previous, next }: Change<StoredStatus>): boolean {
    if (next === undefined || isDeepStrictEqual(previous?.status, next.status)) return false;
    return this.#sending.get(next.uid) !== printOf(next.status);
  }

  /**
   * Writes the statuses of the profiles in a namespace.
   *
   * A profile that was edited since it was compiled is left out: the status would claim to be about the edit.
   *
   * @returns in how many milliseconds to write those that somebody else overwrites again and again; 0 where nobody does
   * @throws ApiError where one could not be written
   * @throws ContainedMistake where one could not be made
   */
  async writeProfiles(namespace: string, { compiled, lacking, failure }: ProfileReport): Promise<number> {
    // What is known of them is from before their kind was gone.
    if (this.#cache.goneKinds.includes(appNetworkProfiles.name)) return 0;
    // A namespace may hold thousands: nobody looks for one of them in a list.
    const made = new Map(compiled?.profiles.map((each) => [each.profile.uid, each]));
    const owned = Map.groupBy(this.#cache.policiesIn(namespace).owned, ({ ownerUid }) => ownerUid);
    const now = wallTime();
    let pause = 0;
    await withConcurrency(this.#cache.profiles.inNamespace(namespace).values(), async (profile) => {
      if (profile.terminating) return;
      const { uid } = profile;
      const own = owned.get(uid) ?? [];
      const mine = made.get(uid);
      if (compiled !== undefined && mine?.profile.generation !== profile.generation) return;
      const previous = readStatus(appNetworkProfileStatus, profile.status);
      const frozen = this.#frozenOf(profile, own, compiled);
      const writing = { owned: own.length, isLacking: lacking.has(uid), failure };
      const status = contain(() =>
        profileStatus({ profile, compiled, mine, frozen, previous, writing, now }),
      );
      // Others are written meanwhile: what they found must not be read before the wait.
      const wait = await this.#writeProfile(profile, status);
      pause = Math.max(pause, wait);
    });
    return pause;
  }

  /**
   * Writes into the profiles of a namespace that a mistake of ours keeps it as it is.
   *
   * @throws ApiError where one could not be written
   */
  async writeInternalError(namespace: string, finding: Finding): Promise<void> {
    await withConcurrency(this.#cache.profiles.inNamespace(namespace).values(), async (profile) => {
      if (profile.terminating) return;
      const previous = readStatus(appNetworkProfileStatus, profile.status);
      await this.#writeProfile(profile, internalErrorStatus(profile, finding, previous, wallTime()));
    });
  }

  /** What stays of a profile that can't be read; nothing where it can be, or where none of its policies stays. */
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
   * Writes the status of the platform profile, from where every namespace stands.
   *
   * @throws ApiError where it could not be written
   */
  async writePlatform(): Promise<PlatformReport> {
    const platform = this.#platform();
    if (platform === undefined || platform.terminating) return {};
    if (this.#cache.goneKinds.includes(platformNetworkProfiles.name)) return {};
    const waiting = this.#waitingFor(specIdentity(platform));
    const { status, isKept } = contain(() =>
      platformStatus({
        platform,
        holdsOn: this.#cache.view().platform?.outdated !== undefined,
        discovered: this.#cache.view().discovered,
        previous: readStatus(platformNetworkProfileStatus, platform.status),
        standings: this.#tracker.records(),
        policies: this.#cache.ownedPolicies,
        findings: this.#platformFindings(platform),
        waiting: waiting.size,
        isOverdue: this.#isOverdue(waiting),
        now: wallTime(),
      }),
    );
    const pause = await this.#write(platform, status, this.#cache.requests(platformNetworkProfiles));
    const againAfterMs = isKept ? overdueMs : pause;
    return { ...(isKept ? {} : { status }), ...(againAfterMs > 0 ? { againAfterMs } : {}) };
  }

  /** Every finding that there is now, of the platform profile and of all namespaces. */
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
      ...(spec ? discoveryFindings(view, spec) : []),
      ...unreadableFindings(platform, this.#cache.unreadable),
    ];
  }

  #platform(): StoredPlatform | undefined {
    return this.#cache.platforms.get({ namespace: '', name: platformProfileName });
  }

  /** The uids of the namespaces that are not looked at since the platform profile changed. */
  #waitingFor(spec: string): ReadonlySet<string> {
    const live = [...this.#cache.view().namespaces.values()].filter((namespace) => !namespace.terminating);
    const waiting = live.filter(({ name, uid }) => {
      const record = this.#tracker.get(name)?.record;
      return record?.uid !== uid || record.madeFrom !== spec;
    });
    return new Set(waiting.map(({ uid }) => uid));
  }

  /** Whether these namespaces have waited for long, and none was looked at meanwhile. */
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

  /** Returns for how long the status is left alone, in milliseconds, because somebody else overwrites it again and again. */
  async #write<T extends StoredStatus>(
    stored: T,
    status: object,
    requests: ObjectRequests<T>,
  ): Promise<number> {
    const { uid, namespace, name } = stored;
    const wanted = printOf(status);
    const is = printOf(stored.status);
    if (is === wanted) return 0;
    const intent = printOf(status, 'lastTransitionTime');
    const took = this.#tookAs.get(uid);
    if (took?.sent === intent && took.stored === is) return 0;
    const subject = { namespace, name, within: uid };
    const pause = this.#conflicts.pauseOf(subject, intent, performance.now());
    if (pause > 0) return pause;
    this.#sending.set(uid, wanted);
    const body = { metadata: { uid }, status: mergePatch(stored.status, status) };
    try {
      const { object } = await requests.patchStatus(stored, body);
      const kept = printOf(object.status);
      if (kept === wanted) this.#tookAs.delete(uid);
      else this.#tookAs.set(uid, { sent: intent, stored: kept });
      this.#conflicts.wrote(subject, intent, true, performance.now());
    } catch (error) {
      // Gone, or another of its name has come: it was read anew, and comes round again if it is there.
      if (!['gone', 'conflict'].includes(classify(error))) throw error;
    } finally {
      this.#sending.delete(uid);
    }
    return 0;
  }
}

/** A text that is equal for equal statuses, whatever they are. */
function printOf(status: unknown, without?: string): string {
  if (without === undefined) return fingerprint(status ?? {});
  const bare = JSON.stringify(status ?? {}, (key, value) => (key === without ? undefined : value));
  return fingerprint(JSON.parse(bare));
}
