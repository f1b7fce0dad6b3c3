// How the end of a route means an end of the question: as it is written, misspelt, or by a label or a Service that is gone; and how it was
// probably meant. Must not know what a route allows.
import { type Endpoint, isWorkload, readRange, type WorkloadEnd } from '../../analyze/endpoints.ts';
import type { PodFacts } from '../../analyze/facts.ts';
import { addressesOf, addressesOfBlocks, addressSets } from '../../model/address-set.ts';
import { nearest } from '../../model/did-you-mean.ts';
import { contains, parseStoredCidr } from '../../model/ip-ranges.ts';
import { formatSelector } from '../../model/selector-texts.ts';
import { type LabelSelector, type Labels, selects } from '../../model/selectors.ts';
import type { ServiceFacts } from '../../model/services.ts';
import { endOf, type RouteEndValue } from '../../routes/index.ts';
import { publicPeers } from '../../routes/internet.ts';
import { objectsIn } from '../../view/cluster-view.ts';
import { appLabelOf, type ClusterSnapshot } from '../snapshot/cluster-snapshot.ts';
import type { KnownEnd } from './known-addresses.ts';
import { isOnNodes, labelsThatSingleOut, podsOf } from './single-out.ts';

/** What is probably wrong in an end of a route. */
export interface Slip {
  /** The rest of a sentence about the route, as in ``was perhaps meant for this, but says `wbe`: did you mean `web`?``. */
  readonly says: string;
  /** Whether it is plain what was meant, so that a suggestion may change the route. */
  readonly isPlain: boolean;
  /** The labels that no pod has any more, if the pods in question may have others instead. */
  readonly gone?: string;
}

/** An end of a route that means an end of the question, or probably does. */
export interface MatchedEnd {
  readonly slips: readonly Slip[];
  /** The end as it was probably meant. */
  readonly meant: RouteEndValue;
}

/** An end of the question, and what is known of it. */
export interface AskedEnd {
  readonly end: Endpoint;
  readonly known: KnownEnd | undefined;
}

/** What the matching of ends looks at. */
export interface Place {
  /** The namespace that declares the route. */
  readonly namespace: string;
  readonly snapshot: ClusterSnapshot;
}

/** Matches an end of a route with one of the question; `undefined` if it means something else. */
export function matchEnd(
  written: RouteEndValue,
  { end, known }: AskedEnd,
  place: Place,
): MatchedEnd | undefined {
  const asIs = { slips: [], meant: written };
  if (known?.isNamed && isSameEnd(written, known)) return asIs;
  if (isWorkload(end)) {
    const matched = matchPods(written, end, place);
    const isAsMeant = matched?.slips.length === 0 && isOnNodes(end, place.snapshot.facts);
    return isAsMeant ? { slips: [onNodes], meant: { nodes: {} } } : matched;
  }
  return meansAddresses(written, end.cidr, known) ? asIs : undefined;
}

const onNodes: Slip = {
  says: 'means pods in the host network, which no selector selects: write `nodes: {}` instead, which means every node',
  isPlain: true,
};

function isSameEnd(written: RouteEndValue, { end }: KnownEnd): boolean {
  return end !== undefined && endOf(written).end === endOf(end).end;
}

function meansAddresses(written: RouteEndValue, cidr: string, known: KnownEnd | undefined): boolean {
  if ('anywhere' in written || (known !== undefined && isSameEnd(written, known))) return true;
  if ('internet' in written) return known === undefined && isPublic(cidr);
  if (!('cidr' in written)) return false;
  const range = parseStoredCidr(written.cidr.cidr);
  return range.ok && contains(range.value, readRange(cidr));
}

function matchPods(
  written: RouteEndValue,
  end: WorkloadEnd,
  { namespace, snapshot }: Place,
): MatchedEnd | undefined {
  const there = end.workload.namespace;
  if ('namespace' in written) return matchNamespace(written.namespace, end, snapshot);
  if (there !== namespace) return undefined;
  if ('service' in written) return matchService(written.service, end, snapshot);
  const appLabel = appLabelOf(snapshot);
  if ('app' in written) {
    const matched = matchSelector({ matchLabels: { [appLabel]: written.app } }, end, snapshot);
    return matched && { slips: matched.slips, meant: endFor(matched.meant, appLabel) };
  }
  if (!('pods' in written)) return undefined;
  const matched = matchSelector(written.pods, end, snapshot);
  return matched && { slips: matched.slips, meant: { pods: matched.meant } };
}

/** Pods by one app label are an `app`. */
function endFor(selector: LabelSelector, appLabel: string): RouteEndValue {
  const [[key, app] = [], ...more] = Object.entries(selector.matchLabels ?? {});
  return key === appLabel && app !== undefined && more.length === 0 ? { app } : { pods: selector };
}

/** The ranges of the cluster that `internet` leaves out besides are known ends. */
function isPublic(cidr: string): boolean {
  const blocks = publicPeers().flatMap((peer) => ('ipBlock' in peer ? [peer.ipBlock] : []));
  return addressSets.covers(addressesOfBlocks(blocks), addressesOf([cidr]));
}

type NamespaceEnd = Extract<RouteEndValue, { readonly namespace: unknown }>['namespace'];

function matchNamespace(
  written: NamespaceEnd,
  end: WorkloadEnd,
  snapshot: ClusterSnapshot,
): MatchedEnd | undefined {
  const there = end.workload.namespace;
  const { name, selector = {}, pods } = written;
  const { namespaces } = snapshot.cluster.view();
  const matched = matchSelector(pods ?? {}, end, snapshot);
  if (matched === undefined) return undefined;
  const meantPods = pods === undefined ? {} : { pods: matched.meant };
  if (name === undefined) {
    const isSelected = selects(selector, namespaces.get(there)?.labels ?? {});
    return isSelected
      ? { slips: matched.slips, meant: { namespace: { ...written, ...meantPods } } }
      : undefined;
  }
  const slips = misspelt(name, [there], [...namespaces.keys()]);
  return (
    slips && {
      slips: [...slips, ...matched.slips],
      meant: { namespace: { ...written, name: there, ...meantPods } },
    }
  );
}

/** A Service that leads to the pods, or to none and was probably meant to. */
function matchService(written: string, end: WorkloadEnd, snapshot: ClusterSnapshot): MatchedEnd | undefined {
  const { namespace, name: workload } = end.workload;
  const services = objectsIn(snapshot.cluster.view().services, namespace);
  const own = services.find(({ name }) => name === written);
  if (own?.selector !== undefined) return matchSelecting(own, own.selector, end, snapshot);
  const pods = podsOf(end, snapshot.facts);
  const leading = services
    .filter((service) => pods.some((pod) => leadsTo(service, pod)))
    .map(({ name }) => name);
  // People expect a Service to be named like its workload.
  const slips = misspelt(
    written,
    [...leading, workload],
    services.map(({ name }) => name),
  );
  if (slips !== undefined) {
    const service = slips.length === 0 ? written : (nearest(written, leading) ?? workload);
    return { slips, meant: { service } };
  }
  const [service] = leading;
  if (own !== undefined || service === undefined) return undefined;
  const says = `leads to Service \`${written}\`, which \`${namespace}\` does not have: did you mean \`${service}\`?`;
  return { slips: [{ says, isPlain: false }], meant: { service } };
}

/** A Service that exists: if it leads to no pod, its own selector may have the slip. */
function matchSelecting(
  service: ServiceFacts,
  matchLabels: Labels,
  end: WorkloadEnd,
  snapshot: ClusterSnapshot,
): MatchedEnd | undefined {
  const asIs = { slips: [], meant: { service: service.name } };
  if (podsOf(end, snapshot.facts).some((pod) => leadsTo(service, pod))) return asIs;
  if (podsIn(end.workload.namespace, snapshot).some((pod) => leadsTo(service, pod))) return undefined;
  const matched = matchSelector({ matchLabels }, end, snapshot);
  if (matched?.slips.length !== 1) return undefined;
  const [was, is] = [{ matchLabels }, matched.meant].map(formatSelector);
  const says = `leads to Service \`${service.name}\`, whose selector ${was} selects no pod: did you mean ${is}?`;
  return { ...asIs, slips: [{ says, isPlain: false }] };
}

function leadsTo({ selector }: ServiceFacts, { labels }: PodFacts): boolean {
  return selector !== undefined && selects({ matchLabels: selector }, labels);
}

function podsIn(namespace: string, { facts }: ClusterSnapshot): readonly PodFacts[] {
  return facts.workloads.flatMap((workload) => (workload.namespace === namespace ? workload.pods : []));
}

/** A selector that selects the pods, or probably was meant to. */
interface MatchedSelector {
  readonly slips: readonly Slip[];
  readonly meant: LabelSelector;
}

function matchSelector(
  selector: LabelSelector,
  end: WorkloadEnd,
  snapshot: ClusterSnapshot,
): MatchedSelector | undefined {
  const own = podsOf(end, snapshot.facts).map(({ labels }) => labels);
  if (own.some((labels) => selects(selector, labels))) return { slips: [], meant: selector };
  const { matchLabels = {}, matchExpressions = [] } = selector;
  if (!own.some((labels) => selects({ matchExpressions }, labels))) return undefined;
  const all = podsIn(end.workload.namespace, snapshot).map(({ labels }) => labels);
  const pairs = Object.entries(matchLabels).map(([key, value]) => {
    const wanted = valuesOf(own, key);
    const slips = misspelt(value, wanted, valuesOf(all, key));
    return slips && { slips, label: [key, slips.length === 0 ? value : (nearest(value, wanted) ?? value)] };
  });
  const known = pairs.filter((pair) => pair !== undefined);
  if (known.length < pairs.length) return matchGone(selector, end, snapshot);
  return {
    slips: known.flatMap(({ slips }) => slips),
    meant: { ...selector, matchLabels: Object.fromEntries(known.map(({ label }) => label)) },
  };
}

/** A selector that selects nothing, because no pod has one of its labels any more; the others are those of the pods. */
function matchGone(
  selector: LabelSelector,
  end: WorkloadEnd,
  snapshot: ClusterSnapshot,
): MatchedSelector | undefined {
  const { namespace, name } = end.workload;
  const own = podsOf(end, snapshot.facts).map(({ labels }) => labels);
  const all = podsIn(namespace, snapshot).map(({ labels }) => labels);
  if (all.some((labels) => selects(selector, labels))) return undefined;
  const { matchLabels = {} } = selector;
  const isGone = ([key, value]: readonly [string, string]) => !valuesOf(all, key).includes(value);
  const gone = Object.entries(matchLabels).filter(isGone);
  const kept = Object.fromEntries(Object.entries(matchLabels).filter((label) => !isGone(label)));
  if (gone.length === 0 || !own.some((labels) => selects({ matchLabels: kept }, labels))) return undefined;
  const others = snapshot.facts.workloads.filter(
    (each) => each.namespace === namespace && each.name !== name,
  );
  // A slip in the label of other pods, or the old label of a workload that is still called so.
  const isOfOthers = ([key, value]: readonly [string, string]) =>
    nearest(value, valuesOf(all, key)) !== undefined || others.some((each) => each.name === value);
  if (gone.some(isOfOthers)) return undefined;
  const replaced =
    replacementFor(gone, own) ?? labelsThatSingleOut(end, snapshot.facts, appLabelOf(snapshot));
  const was = formatSelector({ matchLabels: Object.fromEntries(gone) });
  const is = formatSelector({ matchLabels: replaced });
  const values = [name, ...name.split('-'), ...own.flatMap((labels) => Object.values(labels))];
  return {
    slips: [
      {
        says: `selects ${was}, and no pod of \`${namespace}\` has ${gone.length === 1 ? 'that label' : 'these labels'}: did you mean ${is}?`,
        isPlain: gone.every(([, value]) => values.includes(value) || nearest(value, values) !== undefined),
        gone: was,
      },
    ],
    meant: { ...selector, matchLabels: { ...kept, ...replaced } },
  };
}

/** The values that the pods have today for the same keys; `undefined` if they lack one. */
function replacementFor(
  gone: readonly (readonly [string, string])[],
  own: readonly Labels[],
): Labels | undefined {
  const today = gone.map(([key]) => [key, [...new Set(own.map((labels) => labels[key]))]] as const);
  const single = today.flatMap(([key, [value, ...others]]) =>
    value === undefined || others.length > 0 ? [] : [[key, value]],
  );
  return single.length === gone.length ? Object.fromEntries(single) : undefined;
}

function valuesOf(labels: readonly Labels[], key: string): readonly string[] {
  return labels.flatMap((each) => each[key] ?? []);
}

/** @param existing what the word may mean instead: then it is no slip */
function misspelt(
  written: string,
  wanted: readonly string[],
  existing: readonly string[],
): readonly Slip[] | undefined {
  if (wanted.includes(written)) return [];
  const meant = existing.includes(written) ? undefined : nearest(written, wanted);
  return meant === undefined
    ? undefined
    : [
        {
          says: `was perhaps meant for this, but says \`${written}\`: did you mean \`${meant}\`?`,
          isPlain: true,
        },
      ];
}
