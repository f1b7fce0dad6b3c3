// Asks the API server whether a profile is really there: the watch of profiles may be behind that of policies, and what
// is written for a profile that is gone is taken by garbage collection at once. Must not know what is written.

import type { Owner } from '../model/policies.ts';
import type { Cache } from '../objects/cache.ts';
import { appNetworkProfiles, platformNetworkProfiles } from '../objects/policy-resources.ts';

/** An answer holds for so long, in milliseconds: a restored etcd may bring a profile back under its uid. */
const rememberedMs = 10_000;

/** Tells which owners of policies are gone. */
export class Owners {
  readonly #cache: Pick<Cache, 'requests'>;
  /** By uid, until when a profile counts as gone. The platform's owns policies in every namespace: one question will do. */
  readonly #goneUntil = new Map<string, number>();

  constructor(cache: Pick<Cache, 'requests'>) {
    this.#cache = cache;
  }

  /** Whether this one was found gone a short while ago, at `now` in milliseconds of a monotonic clock. */
  isKnownGone({ uid }: Owner, now: number): boolean {
    return now < (this.#goneUntil.get(uid) ?? 0);
  }

  /**
   * Asks whether this one is gone, or another of its name has come. The cache takes in what it hears.
   *
   * @throws ApiError where the server does not answer that
   */
  async isGone(namespace: string, owner: Owner, now: number): Promise<boolean> {
    if (this.isKnownGone(owner, now)) return true;
    const { kind, name, uid } = owner;
    const stored =
      kind === 'PlatformNetworkProfile'
        ? await this.#cache.requests(platformNetworkProfiles).read({ namespace: '', name })
        : await this.#cache.requests(appNetworkProfiles).read({ namespace, name });
    const isGone = stored?.metadata.uid !== uid;
    this.#forgetOld(now);
    if (isGone) this.#goneUntil.set(uid, now + rememberedMs);
    return isGone;
  }

  #forgetOld(now: number): void {
    for (const [uid, until] of this.#goneUntil) if (until <= now) this.#goneUntil.delete(uid);
  }
}
