// The verdicts of an answer for people: a block for each pair of ends, with the answer of each side. What is the same is said once: of
// several ports, of several ends, and of a side that denies for the same reason as above. Must not know notes and suggestions.
import { type Endpoint, endpointKey, formatEndpoint, isWorkload } from '../../analyze/endpoints.ts';
import type { Explanation, PolicyReason, RuleReason, SideExplanation } from '../../analyze/explain.ts';
import { nameSome, quoteSome } from '../../model/counted.ts';
import { groupsBy } from '../../model/groups.ts';
import { originInWords } from '../../model/mirror-origins.ts';
import { formatKey } from '../../model/object-key.ts';
import { noPorts, portSets } from '../../model/port-set.ts';
import { formatPorts } from '../../model/port-texts.ts';
import { endNames } from '../output/end-names.ts';
import type { Paint } from '../output/paint.ts';
import type { KnownEnd, KnownEnds } from './known-addresses.ts';

/** What is known of the parts besides their explanations. */
interface AboutParts {
  readonly known: KnownEnds;
  /** Nothing is known to listen on the port in question. */
  readonly unserved: ReadonlySet<Explanation>;
}

/** Parts of which the same is said. */
interface Block {
  readonly from: readonly Endpoint[];
  readonly to: readonly Endpoint[];
  /** One of them, with the ports of all. */
  readonly part: Explanation;
  readonly isUnserved: boolean;
}

/** More names and ranges would hide the verdict. */
const maxNames = 8;

/** All of them, a blank line between two. */
export function formatVerdicts(
  parts: readonly Explanation[],
  { known, unserved }: AboutParts,
  paint: Paint,
): string {
  const single = parts.map((part): Block => {
    return { from: [part.from], to: [part.to], part, isUnserved: unserved.has(part) };
  });
  const blocks = [withAllPorts, withAllSources, withAllTargets].reduce(
    (all, merge) => merge(all, known),
    single as readonly Block[],
  );
  const said = new Set<string>();
  return blocks
    .map((block) => {
      const [from, to] = namesIn(block, known, blocks.length === 1);
      const { egress, ingress } = block.part;
      const lines = [
        ...unlessSaid('out', egress, sideLines('out', block, [from, to], known), said),
        ...unlessSaid('in ', ingress, sideLines('in ', block, [from, to], known), said),
      ];
      const verdict = formatVerdict(block, paint);
      return `${paint('bold', `${from} -> ${to}`)}: ${verdict}\n${lines.map((line) => `  ${line}\n`).join('')}`;
    })
    .join('\n');
}

type Label = 'out' | 'in ';

/** The ports of one pair, if the same is said of each. */
function withAllPorts(blocks: readonly Block[], known: KnownEnds): readonly Block[] {
  const pairOf = ({ from, to }: Block) => [...from, ...to].map(endpointKey).join(' ');
  return groupsBy(blocks, (block) => {
    const { allowed, ports, asked } = block.part;
    const same = [
      allowed,
      block.isUnserved,
      formatPorts(ports),
      asked === undefined,
      asked && portSets.isEmpty(asked),
    ];
    return [pairOf(block), ...same, ...linesOf(block, ['', ''], known)].join('\n');
  }).map((alike) => {
    const [{ part, ...block }] = alike;
    if (part.asked === undefined) return { ...block, part };
    const asked = portSets.union(...alike.map((each) => each.part.asked ?? noPorts));
    return { ...block, part: { ...part, asked } };
  });
}

function withAllSources(blocks: readonly Block[], known: KnownEnds): readonly Block[] {
  return mergeEnds(blocks, known, 'from');
}

function withAllTargets(blocks: readonly Block[], known: KnownEnds): readonly Block[] {
  return mergeEnds(blocks, known, 'to');
}

/** The blocks of which the same is said but for one end. */
function mergeEnds(blocks: readonly Block[], known: KnownEnds, side: 'from' | 'to'): readonly Block[] {
  const plain: Paint = (_, text) => text;
  return groupsBy(blocks, (block) => {
    const other = block[side === 'from' ? 'to' : 'from'].map(endpointKey).join(' ');
    const isPods = block[side].every(isWorkload);
    return [other, isPods, formatVerdict(block, plain), ...linesOf(block, ['', ''], known)].join('\n');
  }).map((alike) => ({ ...alike[0], [side]: alike.flatMap((block) => block[side]) }));
}

type EndNames = readonly [from: string, to: string];

function linesOf(block: Block, names: EndNames, known: KnownEnds): readonly string[] {
  return [...sideLines('out', block, names, known), ...sideLines('in ', block, names, known)];
}

/** The answer of one side. */
function sideLines(label: Label, block: Block, [from, to]: EndNames, known: KnownEnds): readonly string[] {
  const { egress, ingress } = block.part;
  const whose = (ends: readonly Endpoint[]) => (ends.length === 1 ? 'its' : 'their');
  return label === 'out'
    ? formatSide(
        egress,
        label,
        `${from} may send anywhere: no policy isolates ${whose(block.from)} egress`,
        known.from,
      )
    : formatSide(
        ingress,
        label,
        `${to} may receive everything: no policy isolates ${whose(block.to)} ingress`,
        known.to,
      );
}

function unlessSaid(
  label: Label,
  { allows }: SideExplanation,
  lines: readonly string[],
  said: Set<string>,
): readonly string[] {
  const text = lines.join('\n');
  const isRepeated = said.has(text);
  said.add(text);
  return isRepeated && !allows ? [`${label}  denied, as above`] : lines;
}

function namesIn({ from, to }: Block, known: KnownEnds, isAll: boolean): EndNames {
  return [namesOf(from, known.from, isAll), namesOf(to, known.to, isAll)];
}

/** As in `shop/api, shop/web`, `the API server (10.96.0.1)`; without the ranges if these are all of a named end. */
function namesOf(ends: readonly Endpoint[], known: KnownEnd | undefined, isAll: boolean): string {
  if (ends.every(isWorkload)) return nameSome(ends.map(formatEndpoint), maxNames);
  const names = endNames(ends).join(', ');
  if (known?.isNamed !== true) return names;
  return isAll ? known.name : `${known.name} (${names})`;
}

/** As in `allowed on 80`, `denied on 80 (allowed: 8080)`. */
function formatVerdict({ part: { asked, ports, allowed }, isUnserved }: Block, paint: Paint): string {
  const shown = asked ?? (allowed ? ports : undefined);
  if (isUnserved && shown !== undefined)
    return paint('yellow', `policies allow ${formatPorts(shown)}, but nothing is known to listen there`);
  const verdict = allowed
    ? paint('green', 'allowed')
    : paint('red', asked !== undefined && portSets.isEmpty(asked) ? 'no such port' : 'denied');
  const on = shown === undefined || portSets.isEmpty(shown) ? '' : ` on ${formatPorts(shown)}`;
  const others =
    asked !== undefined && !allowed && !portSets.isEmpty(ports) ? ` (allowed: ${formatPorts(ports)})` : '';
  return `${verdict}${on}${others}`;
}

function formatSide(
  side: SideExplanation,
  label: string,
  open: string,
  known: KnownEnd | undefined,
): readonly string[] {
  const { standing, rules, policies, allows } = side;
  if (standing === 'Outside' && known !== undefined)
    return [`${label}  ${known.name}${known.advice === undefined ? ': no policy applies there' : ''}`];
  if (standing !== 'Isolated') return [`${label}  ${standing === 'Open' ? open : notIsolated[standing]}`];
  const shown = rules.filter((rule) => rule.allows || !allows);
  if (shown.length === 0) {
    return [`${label}  denied: no rule of ${nameSome(policies.map(formatKey), 4)} allows it`];
  }
  const head = allows || shown.every(({ ports: own }) => portSets.isEmpty(own)) ? '' : 'not this port: ';
  return shown.map((rule, index) => `${index === 0 ? label : '   '}  ${head}${formatRule(rule)}`);
}

const notIsolated = {
  Self: 'a pod reaches itself',
  Outside: 'outside the cluster: no policy applies there',
  HostNetwork: 'in the host network: no policy applies to it',
} as const;

/** As in `rule 1 of shop/web (8080): route web of profile shop`. */
export function formatRule(reason: RuleReason): string {
  const { policy, rule, origins } = reason;
  return `rule ${rule + 1} of ${formatKey(policy)} (${formatRulePorts(reason)})${formatOrigin(policy, origins)}`;
}

/** As in `8080`, `no port: the pods have none named `metrics``. */
export function formatRulePorts({ ports, missing }: RuleReason): string {
  if (missing.length === 0 || !portSets.isEmpty(ports)) return formatPorts(ports);
  return `no port: the destination has none named ${quoteSome(missing, 3)}`;
}

/** The origin of a rule: a route of a profile, an exposing object, or the platform profile. */
function formatOrigin({ owner }: PolicyReason, origins: readonly string[]): string {
  if (owner === undefined) return '';
  if (owner.kind === 'PlatformNetworkProfile')
    return `: ${origins.map(originInWords).join(', ') || 'the platform profile'}`;
  const routes = origins.length === 1 ? 'route' : 'routes';
  const asked = origins.length === 0 ? '' : `${routes} ${origins.join(', ')} of `;
  return `: ${asked}profile ${owner.name}`;
}
