// One run of the compiler: what it has worked out about namespaces so far, each of them once, from the view alone.
// A namespace by itself is what its own objects make of it, before anything of another one is asked.
import type { ClusterView, NamespaceFacts, PlatformFacts, ProfileFacts } from '../api/cluster-view.ts';
import type { PlatformNetworkProfileSpec } from '../api/platform-network-profile.ts';
import { compareKeys } from '../model/object-key.ts';
import type { Surroundings } from '../routes/route-end.ts';
import { type Egress, egressOf } from './egress.ts';
import { type Membership, membershipOf } from './membership.ts';
import type { Opening } from './openings.ts';
import { type PlainRoute, plainRoutes } from './plain-routes.ts';
import { surroundingsOf } from './surroundings.ts';
import { type World, worldOf } from './world.ts';

/** A platform profile that decodes. */
export type ReadPlatform = PlatformFacts & { readonly decoded: { readonly ok: true } };

/** A namespace by itself. */
export interface PlainNamespace {
  readonly facts: NamespaceFacts;
  readonly membership: Membership;
  /** Whether anything is compiled for it, written or not. */
  readonly isCompiled: boolean;
  readonly egress: Egress;
  readonly around: Surroundings;
  /** Ordered by name. */
  readonly profiles: readonly PlainProfile[];
}

/** A profile by itself; without routes where it doesn't decode, or where nothing is compiled. */
export interface PlainProfile {
  readonly profile: ProfileFacts;
  readonly routes: readonly PlainRoute[];
}

/** One run of the compiler, over one view. */
export class Compilation {
  readonly view: ClusterView;
  readonly platform: ReadPlatform;
  readonly world: World;
  readonly #around: Surroundings;
  readonly #namespaces = new Map<string, PlainNamespace>();

  constructor(view: ClusterView, platform: ReadPlatform) {
    this.view = view;
    this.platform = platform;
    this.world = worldOf(view, this.spec);
    this.#around = surroundingsOf(view, this.spec, '', this.world);
  }

  get spec(): PlatformNetworkProfileSpec {
    return this.platform.decoded.value.spec;
  }

  /** A namespace by itself. */
  plain(facts: NamespaceFacts): PlainNamespace {
    const known = this.#namespaces.get(facts.name);
    if (known !== undefined) return known;
    const plain = this.#read(facts);
    this.#namespaces.set(facts.name, plain);
    return plain;
  }

  #read(facts: NamespaceFacts): PlainNamespace {
    const { name } = facts;
    const membership = membershipOf(this.view, this.spec, facts);
    const isCompiled = membership.inside && membership.enforcement !== 'Off' && !facts.terminating;
    const services = this.view.services.get(name) ?? new Map();
    const around = { ...this.#around, namespace: name, services };
    const profiles = [...(this.view.profiles.get(name)?.values() ?? [])].sort(compareKeys);
    return {
      facts,
      membership,
      isCompiled,
      egress: isCompiled
        ? egressOf(membership.egress, profiles, this.world)
        : { mode: 'Unrestricted', open: [] },
      around,
      profiles: profiles.map((profile) => ({
        profile,
        routes: isCompiled && profile.decoded.ok ? plainRoutes(profile.decoded.value, around) : [],
      })),
    };
  }
}

/** The ways in that the accepted routes of a namespace open. */
export function waysInOf({ profiles }: PlainNamespace): readonly Opening[] {
  return profiles.flatMap(({ routes }) =>
    routes.flatMap((route) => (route.kind === 'in' ? [route.opening] : [])),
  );
}
