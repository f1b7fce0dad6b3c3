// The answer to `explain`, for people and for programs.
// Must not know how it was found.

import * as z from 'zod';
import { type Endpoint, formatEndpoint, isWorkload, spellEndpoint } from '../../analyze/endpoints.ts';
import type { Explanation, PolicyReason, RuleReason, SideExplanation } from '../../analyze/explain.ts';
import { nameSome, quoteSome } from '../../model/counted.ts';
import { groupsBy } from '../../model/groups.ts';
import { originInWords } from '../../model/mirror-origins.ts';
import { formatKey } from '../../model/object-key.ts';
import { formatPortSet, type PortSet, portSets } from '../../model/port-set.ts';
import { formatPorts, portTexts } from '../../model/port-texts.ts';
import { endNames } from '../output/end-names.ts';
import { type PrintContext, textAndData } from '../output/formats.ts';
import type { Paint } from '../output/paint.ts';
import { direction, endpointText, portTextList, profileText } from '../output/schemas.ts';
import { objectKey } from '../snapshot/cluster-snapshot.ts';
import type { AfterPauses } from './after-pauses.ts';
import type { Answer } from './answer.ts';
import { formatInstructions, type Instruction } from './instructions.ts';
import type { KnownEnd, KnownEnds } from './known-addresses.ts';
import type { OnceEnforced } from './once-enforced.ts';
import { manifestsOf } from './suggested-changes.ts';

/** An answer with the question in the person's words, and with what to write so that it changes. */
interface Explained extends Answer {
  readonly words: { readonly from: string; readonly to: string; readonly port?: string };
  /** What its ends are. */
  readonly known: KnownEnds;
  readonly instructions: readonly Instruction[];
  /** The ports that it opens, if they are not those in question but those that were probably meant. */
  readonly otherPorts: PortSet | undefined;
  /** The answer once the dry runs of its ends are enforced; `undefined` if none of them is in a dry run. */
  readonly enforced: OnceEnforced | undefined;
  /** The answer once the pauses of its ends are over; `undefined` if none of them is paused. */
  readonly paused: AfterPauses | undefined;
}

const policyReason = { policy: z.string().describe('as in `shop/web`'), profile: profileText.optional() };

const ruleReason = z.strictObject({
  ...policyReason,
  rule: z.int().describe('its index in the `ingress` or `egress` of the policy'),
  ports: portTextList.describe('the ports that it allows between these two ends'),
  missing: z
    .array(z.string())
    .optional()
    .describe('port names in the rule that the destination does not have: they allow nothing'),
  allows: z.boolean().describe('whether it allows any of the ports that were asked about'),
  routes: z.array(z.string()).optional().describe('the routes or objects that ask for the rule'),
});

const sideReason = z.strictObject({
  from: endpointText,
  to: endpointText,
  side: direction,
  standing: z
    .enum(['Isolated', 'Open', 'HostNetwork', 'Outside', 'Self'])
    .describe(
      'whether policies isolate the pods of this side; `HostNetwork` and `Outside`: no policy applies to them; `Self`: a pod reaches itself',
    ),
  allows: z.boolean(),
  ports: portTextList,
  rules: z.array(ruleReason).describe('the rules that let the other end through'),
  isolatedBy: z.array(z.strictObject(policyReason)),
});

/** A NetworkPause that opens an end. */
const pause = z.strictObject({
  name: z.string(),
  namespace: z.string().describe('the namespace that it pauses'),
  until: z.string(),
  reason: z.string(),
  over: z.boolean().describe('whether that time is over, and only its policy is still there'),
  by: z.string().optional().describe('who paused, or else the controller or the program that wrote it'),
  since: z.string().optional().describe('when it was created'),
});

/** What to write in one object. */
const change = z.strictObject({
  namespace: z.string(),
  owner: z
    .string()
    .optional()
    .describe('who owns the namespace: the label or annotation of it that is called `owner` or `team`'),
  kind: z.string(),
  name: z.string(),
  what: z
    .enum(['ObjectCreated', 'RoutesAdded', 'RouteChanged'])
    .describe(
      '`ObjectCreated`: `yaml` is a new object; `RoutesAdded`: it is entries for `spec.routes`; `RouteChanged`: fields of a route',
    ),
  routes: z.array(z.string()).describe('the names of the routes that it adds or changes'),
  at: z.string().optional().describe('the place in the files, as `file:line:column`'),
  author: z
    .string()
    .optional()
    .describe('the program that wrote the object in the cluster, if that is not kubectl'),
  yaml: z.string(),
});

const schema = z.strictObject({
  from: z.string(),
  to: z.string(),
  port: z.string().optional(),
  address: z.string().optional().describe('what the address in the question is, if that is known'),
  allowed: z
    .boolean()
    .describe(
      'whether everything that was asked about is allowed; without a port, whether anything is; if the port of a Service is asked about at its pods, also whether the port to which it leads is allowed',
    ),
  parts: z.array(
    z.strictObject({
      from: endpointText,
      to: endpointText,
      asked: portTextList.optional(),
      ports: portTextList,
      allowed: z.boolean(),
      unserved: z
        .literal(true)
        .optional()
        .describe('policies allow it, but no container declares the port, and no Service leads there'),
    }),
  ),
  reasons: z.array(sideReason),
  onceEnforced: z
    .strictObject({ dryRun: z.array(z.string()), allowed: z.boolean(), ports: portTextList })
    .optional()
    .describe('the namespaces of the ends that are in a dry run, and the answer once they are enforced'),
  afterPause: z
    .strictObject({
      pauses: z.array(pause),
      allowed: z.boolean(),
      ports: portTextList,
    })
    .optional()
    .describe('the pauses that open an end now, and the answer once they have ended'),
  notes: z.array(z.string()),
  suggestion: z
    .string()
    .optional()
    .describe(
      'YAML to apply to allow it; an object that exists is complete, with what is added; a note says so if it opens another port, which was probably meant',
    ),
  changes: z
    .array(change)
    .optional()
    .describe('the same object by object, as a person would write it: all of it is needed'),
});

/** For people: a verdict for each pair of ends, the answer of each side, and what to add. */
function formatAnswer(explained: Explained, { paint }: PrintContext): string {
  const { parts, unserved, known, instructions, otherPorts, paused } = explained;
  // Addresses of which the same is to be said, such as those of both families, are one.
  const format = (part: Explanation, addresses: string) =>
    formatPart(part, { addresses, known, isUnserved: unserved.has(part) }, paint);
  const alike = groupsBy(parts, (part) => format(part, 'addresses'));
  const isOne = alike.length === 1;
  const verdicts = alike.map((group) => format(group[0], addressesIn(group, known, isOne))).join('\n');
  const what = otherPorts === undefined ? 'it' : `port ${formatPortSet(otherPorts)}`;
  const when = paused === undefined ? '' : ' after the pause';
  const notes = allNotes(explained).map((note) => `note: ${note}\n`);
  return `${verdicts}${notes.join('')}${formatInstructions(instructions, `${what}${when}`)}`;
}

/** The notes on the question, and those on each part. */
function allNotes({ notes, parts, known, enforced, paused }: Explained): readonly string[] {
  const advice = [known.from, known.to].flatMap((end) =>
    end?.advice === undefined ? [] : [`the address is that of ${end.name}: ${end.advice}`],
  );
  const later = enforced === undefined ? [] : [enforced.message];
  return [
    ...(paused?.messages ?? []),
    ...later,
    ...advice,
    ...notes,
    ...new Set(parts.flatMap((part) => part.notes.map(({ message }) => message))),
  ];
}

/** What is known of a part besides its explanation. */
interface AboutPart {
  /** The name of an end that is not pods. */
  readonly addresses: string;
  readonly known: KnownEnds;
  /** Nothing is known to listen on the port in question. */
  readonly isUnserved: boolean;
}

function formatPart(part: Explanation, about: AboutPart, paint: Paint): string {
  const { from, to, egress, ingress } = part;
  const { addresses, known } = about;
  const nameOf = (end: Endpoint) => (isWorkload(end) ? formatEndpoint(end) : addresses);
  const [source, target] = [nameOf(from), nameOf(to)];
  const pair = paint('bold', `${source} -> ${target}`);
  const lines = [
    ...formatSide(egress, 'out', `${source} may send anywhere: no policy isolates its egress`, known.from),
    ...formatSide(
      ingress,
      'in ',
      `${target} may receive everything: no policy isolates its ingress`,
      known.to,
    ),
  ];
  return `${pair}: ${formatVerdict(part, about, paint)}\n${lines.map((line) => `  ${line}\n`).join('')}`;
}

/** As in `allowed on 80`, `denied on 80 (allowed: 8080)`. */
function formatVerdict(
  { asked, ports, allowed }: Explanation,
  { isUnserved }: AboutPart,
  paint: Paint,
): string {
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

/** As in `the API server (10.96.0.1)`; without the ranges if these parts are all of a named end. */
function addressesIn(parts: readonly Explanation[], { from, to }: KnownEnds, isAll: boolean): string {
  const ends = parts.flatMap((part) => [part.from, part.to]).filter((end) => !isWorkload(end));
  const names = endNames(ends).join(', ');
  const [named] = [from, to].flatMap((known) => (known?.isNamed ? [known.name] : []));
  if (named === undefined) return names;
  return isAll ? named : `${named} (${names})`;
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

/** For programs: `allowed`, and the reasons of each side of each pair of ends. */
function answerAsData(explained: Explained) {
  const { words, allowed, parts, unserved, known, instructions, enforced, paused } = explained;
  return {
    ...words,
    ...addressAsData(known),
    allowed,
    parts: parts.map((part) => ({
      from: spellEndpoint(part.from),
      to: spellEndpoint(part.to),
      ...(part.asked === undefined ? {} : { asked: portTexts(part.asked) }),
      ports: portTexts(part.ports),
      allowed: part.allowed,
      ...(unserved.has(part) ? { unserved: true as const } : {}),
    })),
    reasons: parts.flatMap((part) => [part.egress, part.ingress].map((side) => sideAsData(part, side))),
    ...(enforced === undefined
      ? {}
      : {
          onceEnforced: {
            dryRun: enforced.dryRun,
            allowed: enforced.allowed,
            ports: portTexts(enforced.ports),
          },
        }),
    ...(paused === undefined
      ? {}
      : {
          afterPause: {
            pauses: paused.pauses.map(({ isOver, ...known }) => ({ ...known, over: isOver })),
            allowed: paused.allowed,
            ports: portTexts(paused.ports),
          },
        }),
    notes: allNotes(explained),
    ...(instructions.length === 0
      ? {}
      : { suggestion: manifestsOf(instructions), changes: instructions.map(changeAsData) }),
  };
}

function changeAsData({ object, owner, what, routes, at, author, yaml }: Instruction) {
  const { namespace, name } = objectKey(object);
  return {
    namespace,
    ...(owner === undefined ? {} : { owner }),
    ...{ kind: object.kind, name, what, routes },
    ...(at === undefined ? {} : { at }),
    ...(author === undefined ? {} : { author }),
    yaml,
  };
}

function addressAsData({ from, to }: KnownEnds) {
  const known = from ?? to;
  return known === undefined ? {} : { address: known.name };
}

function sideAsData(
  { from, to }: Explanation,
  { side, standing, allows, ports, rules, policies }: SideExplanation,
) {
  return {
    from: spellEndpoint(from),
    to: spellEndpoint(to),
    side,
    standing,
    allows,
    ports: portTexts(ports),
    rules: rules.map((reason) => ({
      ...policyAsData(reason.policy),
      rule: reason.rule,
      ports: portTexts(reason.ports),
      ...(reason.missing.length === 0 ? {} : { missing: reason.missing }),
      allows: reason.allows,
      ...(reason.origins.length === 0 ? {} : { routes: reason.origins }),
    })),
    isolatedBy: policies.map(policyAsData),
  };
}

function policyAsData({ namespace, name, owner }: PolicyReason) {
  return {
    policy: formatKey({ namespace, name }),
    ...(owner === undefined ? {} : { profile: `${owner.kind} ${owner.name}` }),
  };
}

/** The formats of `explain`. */
export const explainFormats = textAndData({ text: formatAnswer, data: answerAsData, schema });
