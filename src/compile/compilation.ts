// One run of the compiler: what it has worked out about namespaces so far, each of them once, from the view alone.
// A namespace by itself is what its own objects make of it, before anything of another one is asked.

import type { PlatformNetworkProfileSpec } from '../api/platform-network-profile.ts';
import { compareKeys, type ObjectKey } from '../model/object-key.ts';
import type { Surroundings } from '../routes/route-end.ts';
import type { ClusterView, NamespaceFacts, PlatformFacts, ProfileFacts } from '../view/cluster-view.ts';
import { type Egress, egressOf } from './egress.ts';
import { type Exposures, exposuresOf } from './exposures.ts';
import { type Guardrails, guardrailsOf } from './guardrails.ts';
import { type Membership, membershipOf } from './membership.ts';
import type { Opening } from './openings.ts';
import { type PlainRoute, plainRoutes } from './plain-routes.ts';
import { surroundingsOf } from './surroundings.ts';
import { trusts } from './trust.ts';
import { KnownWorld, type World } from './world.ts';

/** A platform profile that decodes. */
export type ReadPlatform = PlatformFacts & { readonly decoded: { readonly ok: true } };

/** A namespace by itself. */
export interface PlainNamespace {
  readonly facts: NamespaceFacts;
  readonly membership: Membership;
  /** Whether anything is compiled for it, written or not. */
  readonly isCompiled: boolean;
  readonly egress: Egress;
  /** What the platform profile allows the routes of its teams; `undefined` where that sets no limit. */
  readonly guardrails: Guardrails | undefined;
  readonly around: Surroundings;
  /** Ordered by name. Read when somebody asks: of the thousands that one route may mean, most are only looked at. */
  readonly profiles: readonly PlainProfile[];
}

/** A profile by itself; without routes where it doesn't decode, or where nothing is compiled. */
export interface PlainProfile {
  readonly profile: ProfileFacts;
  readonly routes: readonly PlainRoute[];
}

const nothingExposed: Exposures = { openings: [], findings: [], unserved: [] };

/** One run of the compiler, over one view. */
export class Compilation {
  readonly view: ClusterView;
  readonly platform: ReadPlatform;
  readonly world: World;
  readonly #around: Surroundings;
  readonly #namespaces = new Map<string, PlainNamespace>();
  readonly #exposures = new Map<string, Exposures>();
  #compiled: readonly NamespaceFacts[] | undefined;
  #trusted: readonly ObjectKey[] | undefined;

  /** @param known who has worked out before what is known of the cluster, if anybody has */
  constructor(view: ClusterView, platform: ReadPlatform, known = new KnownWorld()) {
    this.view = view;
    this.platform = platform;
    this.world = known.of(view, this.spec);
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

  /** The namespace of this name by itself; `undefined` where there is none. */
  find(name: string): PlainNamespace | undefined {
    const facts = this.view.namespaces.get(name);
    return facts && this.plain(facts);
  }

  /** Every namespace for which something is compiled. */
  get compiled(): readonly NamespaceFacts[] {
    this.#compiled ??= [...this.view.namespaces.values()].filter((facts) =>
      isCompiled(facts, membershipOf(this.view, this.spec, facts)),
    );
    return this.#compiled;
  }

  /** The profiles whose routes from namespaces by labels, or from all, may open the egress of these. */
  get trustedProfiles(): readonly ObjectKey[] {
    this.#trusted ??= this.#findTrusted();
    return this.#trusted;
  }

  /** What is exposed of a namespace; nothing where nothing is compiled for it. */
  exposures({ facts: { name }, around, isCompiled }: PlainNamespace): Exposures {
    const known = this.#exposures.get(name);
    if (known !== undefined) return known;
    const exposures = isCompiled ? exposuresOf(this.view, this.spec, around) : nothingExposed;
    this.#exposures.set(name, exposures);
    return exposures;
  }

  #findTrusted(): readonly ObjectKey[] {
    const { namespaces, profiles, routeLinks } = this.view;
    const { systemNamespaces, mirrorFrom } = this.spec;
    // Without `mirrorFrom` there are few: no need to look at all profiles.
    if (mirrorFrom === undefined) {
      return systemNamespaces.flatMap((name) => [...(profiles.get(name)?.values() ?? [])]);
    }
    return [...routeLinks.fromSome()].filter(({ namespace }) => {
      const facts = namespaces.get(namespace);
      return facts !== undefined && trusts(this.spec, facts);
    });
  }

  #read(facts: NamespaceFacts): PlainNamespace {
    const { name } = facts;
    const membership = membershipOf(this.view, this.spec, facts);
    const isRinged = isCompiled(facts, membership);
    const services = this.view.services.get(name) ?? new Map();
    const around = { ...this.#around, namespace: name, services };
    const guardrails = guardrailsOf(membership.rule, around);
    const profiles = [...(this.view.profiles.get(name)?.values() ?? [])].sort(compareKeys);
    const routes = once(() => {
      const all = profiles.map((profile) => ({
        profile,
        routes: isRinged && profile.decoded.ok ? plainRoutes(profile.decoded.value, around) : [],
      }));
      return guardrails?.judge(all) ?? all;
    });
    return {
      facts,
      membership,
      isCompiled: isRinged,
      egress: isRinged
        ? egressOf(membership.egress, profiles, this.world)
        : { mode: 'Unrestricted', open: [] },
      guardrails,
      around,
      get profiles() {
        return routes();
      },
    };
  }
}

function isCompiled({ terminating }: NamespaceFacts, { inside, enforcement }: Membership): boolean {
  return inside && enforcement !== 'Off' && !terminating;
}

function once<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** The ways in that the accepted routes of a namespace open. */
export function waysInOf({ profiles }: PlainNamespace): readonly Opening[] {
  return profiles.flatMap(({ routes }) =>
    routes.flatMap((route) => (route.kind === 'in' && route.awaits === undefined ? [route.opening] : [])),
  );
}
