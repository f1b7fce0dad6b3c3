// Writes the statuses of both kinds of profile, where they differ from what is there.
// Must not know how a status comes about.
import { type AppNetworkProfileStatus, appNetworkProfileStatus } from '../api/app-network-profile.ts';
import { type PlatformNetworkProfileStatus, platformNetworkProfileStatus } from '../api/platform-status.ts';
import type { Cache } from '../cluster/cache.ts';
import { classify } from '../cluster/errors.ts';
import type { ObjectRequests } from '../cluster/object-requests.ts';
import {
  appNetworkProfiles,
  platformNetworkProfiles,
  type StoredPlatform,
  type StoredProfile,
} from '../cluster/resources.ts';
import { mergePatch, readStatus } from '../cluster/status.ts';
import { wallTime } from '../cluster/wall-time.ts';
import type { CompiledNamespace } from '../compile/compile.ts';
import { discoveryFindings, platformFindings } from '../compile/findings.ts';
import type { Finding } from '../model/findings.ts';
import { fingerprint } from '../model/network-policy.ts';
import { goneFindings, unreadableFindings } from '../plan/blind-spots.ts';
import { internalErrorStatus } from '../plan/internal-error-status.ts';
import { platformStatus } from '../plan/platform-status.ts';
import { type FrozenPolicies, profileStatus } from '../plan/profile-status.ts';
import { fewAtATime } from './few-at-a-time.ts';
import { type Ledger, specIdentity } from './ledger.ts';
import { contain } from './mistakes.ts';

/** Writes statuses. */
export class StatusWriter {
  readonly #cache: Cache;
  readonly #ledger: Ledger;

  constructor(cache: Cache, ledger: Ledger) {
    this.#cache = cache;
    this.#ledger = ledger;
  }

  /**
   * Writes the statuses of the profiles in a namespace.
   *
   * A profile that was edited since it was compiled is left out: the status would claim to be about the edit.
   *
   * @param compiled absent where there is no platform profile
   * @throws ApiError where one could not be written
   * @throws ContainedMistake where one could not be made
   */
  async writeProfiles(namespace: string, compiled: CompiledNamespace | undefined): Promise<void> {
    // What is known of them is from before their kind was gone.
    if (this.#cache.goneKinds.includes(appNetworkProfiles.name)) return;
    // A namespace may hold thousands: nobody looks for one of them in a list.
    const made = new Map(compiled?.profiles.map((each) => [each.profile.uid, each]));
    await fewAtATime(this.#cache.profiles.inNamespace(namespace).values(), async (profile) => {
      if (profile.terminating) return;
      const mine = made.get(profile.uid);
      if (compiled !== undefined && mine?.profile.generation !== profile.generation) return;
      const previous = readStatus(appNetworkProfileStatus, profile.status);
      const status = contain(() =>
        profileStatus({
          profile,
          compiled,
          mine,
          frozen: this.#frozenOf(profile, compiled),
          previous,
          now: wallTime(),
        }),
      );
      await this.#writeProfile(profile, status);
    });
  }

  /**
   * Writes into the profiles of a namespace that a mistake of ours keeps it as it is.
   *
   * @throws ApiError where one could not be written
   */
  async writeInternalError(namespace: string, finding: Finding): Promise<void> {
    await fewAtATime(this.#cache.profiles.inNamespace(namespace).values(), async (profile) => {
      if (profile.terminating) return;
      const previous = readStatus(appNetworkProfileStatus, profile.status);
      await this.#writeProfile(profile, internalErrorStatus(profile, finding, previous, wallTime()));
    });
  }

  /** What stays of a profile that can't be read; nothing where it can be, or where none of its policies stays. */
  #frozenOf(
    { namespace, uid, decoded }: StoredProfile,
    compiled: CompiledNamespace | undefined,
  ): FrozenPolicies | undefined {
    if (decoded.ok || !compiled?.frozenOwners.has(uid)) return undefined;
    return {
      own: this.#cache
        .policiesIn(namespace)
        .owned.filter(({ ownerUid }) => ownerUid === uid)
        .map((policy) => policy.name),
      mirroredIn: [...this.#cache.holdingMirrorsOf(namespace)],
    };
  }

  /**
   * Writes the status of the platform profile, from where every namespace stands.
   *
   * @returns the status; `undefined` where there is no profile
   * @throws ApiError where it could not be written
   */
  async writePlatform(): Promise<PlatformNetworkProfileStatus | undefined> {
    const platform = this.#platform();
    if (platform === undefined || platform.terminating) return undefined;
    if (this.#cache.goneKinds.includes(platformNetworkProfiles.name)) return undefined;
    const status = contain(() =>
      platformStatus({
        platform,
        holdsOn: this.#cache.view().platform?.outdated !== undefined,
        discovered: this.#cache.view().discovered,
        previous: readStatus(platformNetworkProfileStatus, platform.status),
        standings: this.#ledger.records,
        policies: this.#cache.ownedPolicies,
        findings: this.#platformFindings(platform),
        waiting: this.#waiting(specIdentity(platform)),
        now: wallTime(),
      }),
    );
    await this.#write(platform, status, this.#cache.requests(platformNetworkProfiles));
    return status;
  }

  /** Every finding that there is now, of the platform profile and of all namespaces. */
  findings(): readonly Finding[] {
    const platform = this.#platform();
    return [
      ...(platform === undefined ? [] : this.#platformFindings(platform)),
      ...[...this.#ledger.records.values()].flatMap(({ findings }) => findings),
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
    return this.#cache.platforms.get({ namespace: '', name: 'default' });
  }

  /** How many namespaces are not looked at since the platform profile changed. */
  #waiting(spec: string): number {
    const live = [...this.#cache.view().namespaces.values()].filter((namespace) => !namespace.terminating);
    return live.filter(({ name, uid }) => {
      const record = this.#ledger.records.get(name);
      return record?.uid !== uid || record.madeFrom !== spec;
    }).length;
  }

  async #writeProfile(profile: StoredProfile, status: AppNetworkProfileStatus): Promise<void> {
    await this.#write(profile, status, this.#cache.requests(appNetworkProfiles));
  }

  async #write<T extends StoredProfile | StoredPlatform>(
    stored: T,
    status: object,
    requests: ObjectRequests<T>,
  ): Promise<void> {
    if (fingerprint(stored.status ?? {}) === fingerprint(status)) return;
    const body = { metadata: { uid: stored.uid }, status: mergePatch(stored.status, status) };
    try {
      await requests.patchStatus(stored, body);
    } catch (error) {
      // Gone, or another of its name has come: it was read anew, and comes round again if it is there.
      if (!['gone', 'conflict'].includes(classify(error))) throw error;
    }
  }
}
