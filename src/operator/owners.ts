// Asks the API server whether a profile still exists: the watch of profiles may lag behind that of policies, and garbage
// collection deletes at once what is written for a deleted profile. Must not know what is written.

import type { Owner } from '../model/policies.ts';
import type { Cache } from '../objects/cache.ts';
import { appNetworkProfiles, platformNetworkProfiles } from '../objects/policy-resources.ts';

/** How long an answer is valid, in milliseconds: a restored etcd may bring a profile back under its uid. */
const rememberedMs = 10_000;

/** Knows which owners of policies are deleted. */
export class Owners {
  readonly #cache: Pick<Cache, 'requests'>;
  /** By uid, until when a profile counts as deleted. The platform profile owns policies in every namespace: one request is enough. */
  readonly #goneUntil = new Map<string, number>();

  constructor(cache: Pick<Cache, 'requests'>) {
    this.#cache = cache;
  }

  /** Whether this one was found deleted a short while ago, at `now` in milliseconds of a monotonic clock. */
  isKnownGone({ uid }: Owner, now: number): boolean {
    return now < (this.#goneUntil.get(uid) ?? 0);
  }

  /**
   * Asks whether this one is deleted, or was recreated. The cache accepts the answer.
   *
   * @throws ApiError if the server does not answer
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
