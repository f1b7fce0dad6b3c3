// Merges allow rules into policies: rules to the same pods, or from them, share one, because many small policies are
// expensive on iptables CNIs. Must not know why something is allowed.
import { andMore, nameSome } from '../../model/counted.ts';
import { groupsBy } from '../../model/groups.ts';
import { originInWords } from '../../model/mirror-origins.ts';
import { allowing, canonicalJson, type Direction, type Rule } from '../../model/network-policy.ts';
import { compareText } from '../../model/object-key.ts';
import type { DesiredPolicy, Owner, WithheldRule } from '../../model/policies.ts';
import { allowPolicyName } from '../../model/policy-names.ts';
import type { MatchBy } from '../../model/rule-fingerprints.ts';
import { type LabelSelector, selectsEverything } from '../../model/selectors.ts';
import type { AllowRule, RequestedAllowRule } from '../local/allow-rule.ts';
import { bucketOf, bucketsFor, namesListedIn, namesPerBucket, shard } from './buckets.ts';
import { described } from './described.ts';

/** The owner of the policies, and their description for people. */
export interface PolicyOutline {
  readonly namespace: string;
  readonly owner: Owner;
  /** Their names begin with it, after the common prefix. */
  readonly stem: string;
  /** A sentence for the person who finds the policy. */
  readonly describe: (direction: Direction, pods: string, origins: string) => string;
}

/** This many rules of 50 ports each stay far below etcd's limit (1.5 MiB). */
const rulesPerPolicy = 50;
const maxShownOrigins = 8;
/** All annotations of an object together may have 256 KiB (`ValidateAnnotationsSize` in apimachinery); a name has up to 253. */
const maxAnnotatedOrigins = 500;

/** The policies for some allow rules, in any order, without withheld rules. Ordered by name. */
export function allowPolicies(
  about: PolicyOutline,
  allowRules: readonly RequestedAllowRule[],
): readonly DesiredPolicy[] {
  return partsOf(allowRules)
    .flatMap(({ first, part, rules }) =>
      allowPolicy(
        about,
        first,
        part,
        rules.filter(({ withheld }) => withheld === undefined),
      ),
    )
    .sort((a, b) => compareText(a.name, b.name));
}

/** The withheld rules, each with the policy that it belongs to. Ordered by name and place. */
export function withheldRules(
  about: PolicyOutline,
  allowRules: readonly RequestedAllowRule[],
): readonly WithheldRule[] {
  return partsOf(allowRules)
    .flatMap(({ first, part, rules }) =>
      rules.flatMap((rule, at) => {
        const { withheld: matchBy } = rule;
        if (matchBy === undefined) return [];
        return allowPolicy(about, first, part, [rule]).map((policy) => ({ policy, at, matchBy }));
      }),
    )
    .sort((a, b) => compareText(a.policy.name, b.policy.name) || a.at - b.at);
}

/** The rules of one future policy, including withheld ones, so that names don't depend on which facts are known. */
interface Part {
  readonly first: AllowRule;
  readonly part: string;
  readonly rules: readonly MergedRule[];
}

function partsOf(allowRules: readonly RequestedAllowRule[]): readonly Part[] {
  const sorted = allowRules.toSorted((a, b) => compareText(a.origin, b.origin));
  return groupsBy(sorted, ({ direction, pods }) => `${direction} ${canonicalJson(pods)}`).flatMap(
    partsOfGroup,
  );
}

/** A rule, and its origins. */
export interface MergedRule {
  readonly rule: Rule;
  readonly origins: readonly string[];
  /** Absent if one of its origins lacks no fact. */
  readonly withheld?: MatchBy;
  readonly discoveredFor?: string | undefined;
}

/** The allow rules for the same pods in the same direction as one policy, or as several if there are many rules. */
function partsOfGroup(allowRules: readonly RequestedAllowRule[]): readonly Part[] {
  const pieces = allowRules.flatMap((allowRule) =>
    shard(allowRule.rule).map(({ rule, bucket }) => ({ ...allowRule, rule, bucket })),
  );
  const weight = merge(pieces).reduce((sum, { rule }) => sum + weightOf(rule), 0);
  const parts = bucketsFor(weight / rulesPerPolicy);
  // The part of a rule depends on its origin, and on its bucket if it is split.
  const partOf = ({ origin, bucket }: (typeof pieces)[number]) =>
    bucketOf(bucket === 0 ? origin : `${origin} ${bucket}`, parts);
  return groupsBy(pieces, partOf).map((group) => {
    const [first] = group;
    return { first, part: `${partOf(first)} of ${parts}`, rules: merge(group) };
  });
}

/** A rule that lists a full bucket of namespaces is as large as all that a policy takes. */
function weightOf(rule: Rule): number {
  return Math.max(1, Math.floor((namesListedIn(rule) * rulesPerPolicy) / namesPerBucket));
}

/**
 * One policy; none if there is no rule.
 *
 * @param of the pods and the direction of the policy
 * @param part distinguishes it from others for the same pods and direction
 */
export function allowPolicy(
  about: PolicyOutline,
  of: AllowRule,
  part: string,
  rules: readonly MergedRule[],
): readonly DesiredPolicy[] {
  const [first, ...rest] = rules.map(({ rule }) => rule);
  if (first === undefined) return [];
  const { namespace, owner, stem } = about;
  const spec = allowing(of.pods, of.direction, [first, ...rest]);
  const origins = [...new Set(rules.flatMap((rule) => rule.origins))];
  return [
    {
      namespace,
      name: allowPolicyName(owner.kind, stem, of, part),
      owner,
      description: described(describe(about, of, origins), spec),
      origins: annotatedOrigins(rules),
      ...discoveredForOf(rules),
      spec,
    },
  ];
}

/** Identical rules become one, with all of their origins. */
function merge(allowRules: readonly RequestedAllowRule[]): readonly MergedRule[] {
  const rules = new Map<
    string,
    {
      readonly rule: Rule;
      readonly origins: string[];
      withheld: MatchBy | undefined;
      discoveredFor: string | undefined;
    }
  >();
  for (const { rule, origin, withheld, discoveredFor } of allowRules) {
    const text = canonicalJson(rule);
    const same = rules.get(text);
    if (same === undefined) {
      rules.set(text, { rule, origins: [origin], withheld, discoveredFor });
      continue;
    }
    if (!same.origins.includes(origin)) same.origins.push(origin);
    same.withheld &&= withheld;
    if (same.discoveredFor !== discoveredFor) same.discoveredFor = undefined;
  }
  return [...rules.values()].map(({ withheld, ...rule }) =>
    withheld === undefined ? rule : { ...rule, withheld },
  );
}

/** Only for rules with addresses: a selector describes itself. */
function discoveredForOf(rules: readonly MergedRule[]): Pick<DesiredPolicy, 'discoveredFor'> {
  const known = rules.flatMap(({ rule, discoveredFor }, index) =>
    discoveredFor !== undefined && rule.peers.some((peer) => 'ipBlock' in peer)
      ? [[index, discoveredFor] as const]
      : [],
  );
  return known.length === 0 ? {} : { discoveredFor: Object.fromEntries(known) };
}

function annotatedOrigins(rules: readonly MergedRule[]): readonly (readonly string[])[] {
  const all = rules.reduce((sum, { origins }) => sum + origins.length, 0);
  const each = all <= maxAnnotatedOrigins ? all : Math.max(1, Math.floor(maxAnnotatedOrigins / rules.length));
  return rules.map(({ origins }) =>
    origins.length <= each ? origins : [...origins.slice(0, each), andMore(origins.length - each)],
  );
}

function describe(about: PolicyOutline, { direction, pods }: AllowRule, origins: readonly string[]): string {
  return about.describe(direction, namesOfPods(pods), nameSome(origins.map(originInWords), maxShownOrigins));
}

function namesOfPods(pods: LabelSelector): string {
  if (selectsEverything(pods)) return 'every pod';
  const labels = Object.entries(pods.matchLabels ?? {}).sort(([a], [b]) => compareText(a, b));
  return labels.map(([, value]) => value).join(', ') || 'the selected pods';
}
