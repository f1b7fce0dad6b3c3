// The answer to `explain` as it is told, to people and to programs.
// Must not know how it was found.
import { formatEndpoint, spellEndpoint } from '../../analyze/endpoints.ts';
import type { Explanation, PolicyReason, RuleReason, SideExplanation } from '../../analyze/explain.ts';
import { formatKey } from '../../model/object-key.ts';
import { isEmpty } from '../../model/port-set.ts';
import { formatPorts, portTexts } from '../../model/port-texts.ts';
import type { Paint } from '../output/paint.ts';
import type { Answer } from './answer.ts';

/** An answer with what was asked, in the person's words, and what would change it. */
export interface ToldAnswer extends Answer {
  readonly words: { readonly from: string; readonly to: string; readonly port?: string };
  readonly suggestion?: string;
}

/** For people: a verdict for each pair of ends, what each side says, and what to add. */
export function formatAnswer({ parts, notes, suggestion }: ToldAnswer, paint: Paint): string {
  const told = parts.map((part) => formatPart(part, paint)).join('\n');
  const all = [...notes, ...new Set(parts.flatMap((part) => part.notes.map(({ message }) => message)))];
  const added = suggestion === undefined ? '' : `\nTo allow it, apply this:\n\n${suggestion.trimEnd()}\n`;
  return `${told}${all.map((note) => `note: ${note}\n`).join('')}${added}`;
}

function formatPart(part: Explanation, paint: Paint): string {
  const { from, to, asked, ports, allowed, egress, ingress } = part;
  const pair = paint('bold', `${formatEndpoint(from)} -> ${formatEndpoint(to)}`);
  const verdict = allowed ? paint('green', 'allowed') : paint('red', 'denied');
  const shown = asked ?? (allowed ? ports : undefined);
  const on = shown === undefined || isEmpty(shown) ? '' : ` on ${formatPorts(shown)}`;
  const others =
    asked !== undefined && !allowed && !isEmpty(ports) ? ` (allowed: ${formatPorts(ports)})` : '';
  const lines = [...sayEgress(egress, formatEndpoint(from)), ...sayIngress(ingress, formatEndpoint(to))];
  return `${pair}: ${verdict}${on}${others}\n${lines.map((line) => `  ${line}\n`).join('')}`;
}

function sayEgress(side: SideExplanation, end: string): readonly string[] {
  return saySide(side, 'out', `${end} may send anywhere: no policy isolates its egress`, 'lets it out');
}

function sayIngress(side: SideExplanation, end: string): readonly string[] {
  return saySide(side, 'in ', `${end} takes everything: no policy isolates its ingress`, 'lets it in');
}

function saySide(side: SideExplanation, label: string, open: string, lets: string): readonly string[] {
  const { standing, rules, policies, allows } = side;
  switch (standing) {
    case 'Open':
      return [`${label}  ${open}`];
    case 'Self':
      return [`${label}  a pod reaches itself`];
    case 'Outside':
      return [`${label}  outside of the cluster: no policy there`];
    case 'HostNetwork':
      return [`${label}  in the network of its node: no policy reaches it`];
    case 'Isolated':
      break;
  }
  const shown = rules.filter((rule) => rule.allows || !allows);
  if (shown.length === 0) {
    return [`${label}  denied: no rule of ${list(policies.map(formatKey))} ${lets}`];
  }
  const head = allows ? '' : 'not this port: ';
  return shown.map((rule, index) => `${index === 0 ? label : '   '}  ${head}${sayRule(rule)}`);
}

function sayRule({ policy, rule, ports, askers }: RuleReason): string {
  return `rule ${rule + 1} of ${formatKey(policy)} (${formatPorts(ports)})${sayOrigin(policy, askers)}`;
}

/** Where a rule comes from: a route of a profile, an object that is exposed, or the platform's profile. */
function sayOrigin({ owner }: PolicyReason, askers: readonly string[]): string {
  if (owner === undefined) return '';
  if (owner.kind === 'PlatformNetworkProfile') return `: ${askers.join(', ') || 'the platform profile'}`;
  const routes =
    askers.length === 0 ? '' : `${askers.length === 1 ? 'route' : 'routes'} ${askers.join(', ')} of `;
  return `: ${routes}profile ${owner.name}`;
}

function list(words: readonly string[]): string {
  const shown = words.slice(0, 4);
  const more = words.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}

/** For programs: `allowed`, and the reasons of each side of each pair of ends. */
export function answerAsData({ words, allowed, parts, notes, suggestion }: ToldAnswer): object {
  return {
    ...words,
    allowed,
    parts: parts.map((part) => ({
      from: spellEndpoint(part.from),
      to: spellEndpoint(part.to),
      ...(part.asked === undefined ? {} : { asked: portTexts(part.asked) }),
      ports: portTexts(part.ports),
      allowed: part.allowed,
    })),
    reasons: parts.flatMap((part) => [part.egress, part.ingress].map((side) => sideAsData(part, side))),
    notes: [...notes, ...new Set(parts.flatMap((part) => part.notes.map(({ message }) => message)))],
    ...(suggestion === undefined ? {} : { suggestion }),
  };
}

function sideAsData(
  { from, to }: Explanation,
  { side, standing, allows, ports, rules, policies }: SideExplanation,
): object {
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
      allows: reason.allows,
      ...(reason.askers.length === 0 ? {} : { routes: reason.askers }),
    })),
    isolatedBy: policies.map(policyAsData),
  };
}

function policyAsData({ namespace, name, owner }: PolicyReason): object {
  return {
    policy: `${namespace}/${name}`,
    ...(owner === undefined ? {} : { profile: `${owner.kind} ${owner.name}` }),
  };
}
