// One run of the compiler over one view: it resolves each namespace by itself once, when it is first needed.
// Must not know what one namespace causes in another.
import type { PlatformNetworkProfileSpec } from '../../api/platform-network-profile.ts';
import { getOrInsert } from '../../model/groups.ts';
import type { ObjectKey } from '../../model/object-key.ts';
import { type ClusterView, type NamespaceFacts, objectsIn } from '../../view/cluster-view.ts';
import { isCompiled, type LocalNamespace, localNamespace, type Shared } from '../local/local-namespace.ts';
import { routeContextOf } from '../local/route-context.ts';
import { type ClusterServices, ClusterServicesCache } from '../platform/cluster-services.ts';
import type { DecodedPlatform } from '../platform/decoded-platform.ts';
import { membershipOf } from '../platform/membership.ts';
import { trusts } from '../platform/trust.ts';

/** One run of the compiler, over one view. */
export class Compilation implements Shared {
  readonly view: ClusterView;
  readonly platform: DecodedPlatform;
  readonly clusterServices: ClusterServices;
  readonly context: Shared['context'];
  readonly #namespaces = new Map<string, LocalNamespace>();
  #compiled: readonly NamespaceFacts[] | undefined;
  #trusted: readonly ObjectKey[] | undefined;

  /** @param cache caches the cluster's own services from one run to the next */
  constructor(view: ClusterView, platform: DecodedPlatform, cache = new ClusterServicesCache()) {
    this.view = view;
    this.platform = platform;
    this.clusterServices = cache.of(view, this.spec);
    this.context = routeContextOf(view, this.spec, '', this.clusterServices);
  }

  get spec(): PlatformNetworkProfileSpec {
    return this.platform.decoded.value.spec;
  }

  /** A namespace by itself. */
  local(facts: NamespaceFacts): LocalNamespace {
    return getOrInsert(this.#namespaces, facts.name, () => localNamespace(facts, this));
  }

  /** The namespace with this name by itself; `undefined` if there is none. */
  find(name: string): LocalNamespace | undefined {
    const facts = this.view.namespaces.get(name);
    return facts && this.local(facts);
  }

  /** Every namespace that is compiled. */
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

  #findTrusted(): readonly ObjectKey[] {
    const { namespaces, profiles, routeLinks } = this.view;
    const { systemNamespaces, mirrorFrom } = this.spec;
    // Without `mirrorFrom` there are few: no need to read all profiles.
    if (mirrorFrom === undefined) {
      return systemNamespaces.flatMap((name) => objectsIn(profiles, name));
    }
    return [...routeLinks.fromSelected()].filter(({ namespace }) => {
      const facts = namespaces.get(namespace);
      return facts !== undefined && trusts(this.spec, facts);
    });
  }
}
