// The answer to `explain`, for people and for programs.
// Must not know how it was found.

import * as z from 'zod';
import { spellEndpoint } from '../../analyze/endpoints.ts';
import type { Explanation, PolicyReason, SideExplanation } from '../../analyze/explain.ts';
import { formatKey } from '../../model/object-key.ts';
import { formatPortSet, type PortSet } from '../../model/port-set.ts';
import { portTexts } from '../../model/port-texts.ts';
import { type PrintContext, textAndData } from '../output/formats.ts';
import { direction, endpointText, portTextList, profileText } from '../output/schemas.ts';
import { objectKey } from '../snapshot/cluster-snapshot.ts';
import type { AfterPauses } from './after-pauses.ts';
import type { Answer } from './answer.ts';
import { formatVerdicts } from './format-verdicts.ts';
import { formatInstructions, type Instruction } from './instructions.ts';
import type { KnownEnds } from './known-addresses.ts';
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
  const verdicts = formatVerdicts(parts, { known, unserved }, paint);
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
