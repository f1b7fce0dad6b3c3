// The lookups of lint checks: which pods a selector selects, and which policies select a pod. Pods of a workload
// that no check can distinguish count once. Must not know any check.
import type { CniFacts } from '../../model/cni-facts.ts';
import { getOrInsert, groupsBy } from '../../model/groups.ts';
import type { Direction } from '../../model/network-policy.ts';
import { canonicalJson } from '../../model/network-policy.ts';
import { compareKeys, compareText, type ObjectKey } from '../../model/object-key.ts';
import {
  type LabelSelector,
  type Labels,
  nameLabel,
  selects,
  selectsEverything,
} from '../../model/selectors.ts';
import type { ServiceFacts, ServiceRef } from '../../model/services.ts';
import type { AnalysisInput, PolicyFacts } from '../facts.ts';
import type { ContainerPort } from '../rule-ports.ts';
import { RuleReader } from '../rule-reader.ts';
import { isolationOf, type ParsedRule, type PodPeer } from '../rules.ts';
import { selectsPods } from '../sides.ts';

/** Pods of one workload that no check can distinguish. */
export interface LintPod {
  readonly workload: ObjectKey & { readonly kind: string };
  readonly labels: Labels;
  readonly ports: readonly ContainerPort[];
  readonly hostNetwork: boolean;
  /** Of all of these pods. */
  readonly addresses: readonly string[];
}

/** What the input contains: everything of a cluster, or only what some files mention. */
export type LintScope = 'the cluster' | FileScope;

/** Files need not contain every namespace. */
export interface FileScope {
  /** The namespaces in which there may be pods that are not known: something that is not read makes them. */
  readonly hidingNamespaces: ReadonlySet<string>;
}

/** Something that leads to a Service. */
export interface Entrance {
  readonly service: ServiceRef;
  /** The object that leads there, as in `Ingress/web`; for addresses outside, the type of the Service. */
  readonly through: string;
  /** Who connects to the pods. */
  readonly client: 'addresses outside' | 'an ingress controller' | 'the control plane';
}

/** Everything that is linted, with the lookups of the checks. */
export class LintContext {
  /** In the order of their keys. */
  readonly policies: readonly PolicyFacts[];
  readonly entrances: readonly Entrance[];
  /** In the order of their keys. */
  readonly services: AnalysisInput['services'];
  /** Those that contain pods, sorted. */
  readonly namespaces: readonly string[];
  /** All known namespaces, with or without pods, sorted. */
  readonly namespaceNames: readonly string[];
  /** What the CNI does in its own way. */
  readonly cni: CniFacts;
  readonly #pods: ReadonlyMap<string, readonly LintPod[]>;
  readonly #policies: ReadonlyMap<string, readonly PolicyFacts[]>;
  readonly #services: ReadonlyMap<string, readonly ServiceFacts[]>;
  readonly #labels: ReadonlyMap<string, Labels>;
  readonly #reader = new RuleReader();
  readonly #selected = new Map<string, readonly LintPod[]>();
  readonly #isolating = new Map<LintPod, Readonly<Record<Direction, readonly ParsedRule[] | undefined>>>();

  readonly #scope: LintScope;

  constructor(input: AnalysisInput, scope: LintScope, entrances: readonly Entrance[]) {
    this.entrances = entrances;
    this.#scope = scope;
    this.cni = input.cni ?? {};
    this.policies = [...input.policies].sort(compareKeys);
    this.#policies = Map.groupBy(this.policies, ({ namespace }) => namespace);
    this.services = [...input.services].sort(compareKeys);
    this.#services = Map.groupBy(input.services, ({ namespace }) => namespace);
    this.#pods = Map.groupBy(input.workloads.flatMap(podsOf), ({ workload }) => workload.namespace);
    this.namespaces = [...this.#pods.keys()].sort(compareText);
    const known = new Set([...input.namespaces.map(({ name }) => name), ...this.namespaces]);
    this.namespaceNames = [...known].sort(compareText);
    this.#labels = new Map(
      input.namespaces.map(({ name, labels }) => [name, { ...labels, [nameLabel]: name }]),
    );
  }

  /** The rules of a policy in a direction, see `RuleReader`. */
  rulesOf(policy: PolicyFacts, direction: Direction): readonly ParsedRule[] {
    return this.#reader.rulesOf(policy, direction);
  }

  /** Whether the pods of a namespace are known, all of them: only then is none of them missing. */
  arePodsKnown(namespace: string): boolean {
    return this.podsIn(namespace).length > 0 && !this.#mayHidePods(namespace);
  }

  /** Whether a peer may also select pods that are not known. */
  mayHidePods(peer: PodPeer): boolean {
    if (this.#scope === 'the cluster') return false;
    const { namespace, namespaceSelector } = peer;
    if (namespaceSelector === undefined) return this.#mayHidePods(namespace ?? '');
    return [...this.#scope.hidingNamespaces].some((name) =>
      this.isNamespaceSelected(namespaceSelector, name),
    );
  }

  #mayHidePods(namespace: string): boolean {
    return this.#scope !== 'the cluster' && this.#scope.hidingNamespaces.has(namespace);
  }

  podsIn(namespace: string): readonly LintPod[] {
    return this.#pods.get(namespace) ?? [];
  }

  policiesIn(namespace: string): readonly PolicyFacts[] {
    return this.#policies.get(namespace) ?? [];
  }

  servicesIn(namespace: string): readonly ServiceFacts[] {
    return this.#services.get(namespace) ?? [];
  }

  /** The pods that a policy selects, whether or not it applies to them. */
  selectedBy({ namespace, spec }: PolicyFacts): readonly LintPod[] {
    return this.#matching({ namespace, podSelector: spec.podSelector });
  }

  /** The pods that a peer selects; a selector does not match pods in the host network. */
  selectedAs(peer: PodPeer): readonly LintPod[] {
    return this.#matching(peer).filter(({ hostNetwork }) => !hostNetwork);
  }

  /** The pods that have the labels of a peer, which does not select them because they are in the host network. */
  inHostNetwork(peer: PodPeer): readonly LintPod[] {
    return this.#matching(peer).filter(({ hostNetwork }) => hostNetwork);
  }

  /** Whether a peer selects a pod. */
  isSelectedAs(peer: PodPeer, pod: LintPod): boolean {
    return selectsPods(peer, pod.workload.namespace, pod, (name) => this.#labelsOf(name));
  }

  /** What the policies that isolate a pod in a direction allow it; `undefined` if no policy isolates it. */
  rulesFor(pod: LintPod, direction: Direction): readonly ParsedRule[] | undefined {
    return getOrInsert(this.#isolating, pod, () => this.#isolationsOf(pod))[direction];
  }

  #isolationsOf({ workload, labels, hostNetwork }: LintPod) {
    const selecting = hostNetwork
      ? []
      : this.policiesIn(workload.namespace).filter(({ spec }) => selects(spec.podSelector, labels));
    const rulesIn = (direction: Direction) => {
      const isolating = selecting.filter(({ spec }) => isolationOf(spec).includes(direction));
      return isolating.length === 0
        ? undefined
        : isolating.flatMap((policy) => this.rulesOf(policy, direction));
    };
    return { Ingress: rulesIn('Ingress'), Egress: rulesIn('Egress') };
  }

  #matching(peer: PodPeer): readonly LintPod[] {
    return getOrInsert(this.#selected, canonicalJson(peer), () =>
      this.#namespacesOf(peer).flatMap((namespace) =>
        this.podsIn(namespace).filter(({ labels }) => selects(peer.podSelector, labels)),
      ),
    );
  }

  #namespacesOf({ namespace, namespaceSelector }: PodPeer): readonly string[] {
    if (namespaceSelector === undefined) return namespace === undefined ? [] : [namespace];
    return this.namespaces.filter((name) => this.isNamespaceSelected(namespaceSelector, name));
  }

  /** Whether a namespace selector selects this namespace; an unknown one has only its name label. */
  isNamespaceSelected(selector: LabelSelector, name: string): boolean {
    return selects(selector, this.#labelsOf(name));
  }

  #labelsOf(namespace: string): Labels {
    return this.#labels.get(namespace) ?? { [nameLabel]: namespace };
  }

  /**
   * Whether a selector selects any namespace, with or without pods. Files need not contain a namespace that they name; in files, a label
   * only counts as misspelt if another namespace has a label with this key.
   */
  isAnyNamespaceSelected(selector: LabelSelector): boolean {
    if (selectsEverything(selector)) return true;
    if (this.namespaceNames.some((name) => this.isNamespaceSelected(selector, name))) return true;
    const keys = Object.keys(selector.matchLabels ?? {}).concat(
      (selector.matchExpressions ?? []).map(({ key }) => key),
    );
    const isUsed = (key: string) =>
      key !== nameLabel && [...this.#labels.values()].some((labels) => Object.hasOwn(labels, key));
    return this.#scope !== 'the cluster' && !keys.every(isUsed);
  }
}

function podsOf({ namespace, name, kind, pods }: AnalysisInput['workloads'][number]): readonly LintPod[] {
  const workload = { namespace, name, kind };
  const alike = groupsBy(pods, ({ labels, ports, hostNetwork }) =>
    canonicalJson([labels, ports, hostNetwork]),
  );
  return alike.map((some) => {
    const [{ labels, ports, hostNetwork }] = some;
    return { workload, labels, ports, hostNetwork, addresses: some.flatMap((pod) => pod.addresses) };
  });
}
