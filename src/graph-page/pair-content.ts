// Why one place reaches another, or why not: the verdict, then each side with its rules or the policies that isolate it.

import { parsePort } from '../model/ports.ts';
import { button, type Child, h } from './dom.ts';
import type { NumberedPort, PairFacts, RuleFacts, SideFacts } from './page-facts.ts';
import type { PanelContext } from './rows.ts';
import type { Selection } from './state.ts';

/** The answer about a pair. */
export function pairContent(
  { from, to, port }: Extract<Selection, { readonly kind: 'pair' }>,
  context: PanelContext,
): readonly Child[] {
  const { facts, select } = context;
  const asked = port === undefined ? undefined : portInField(port);
  const isAllowed = asked !== undefined && facts.allows(from, to, asked);
  const { ports, sides } = facts.pair(from, to);
  const back = facts.portsOf(to, from);
  const outside = facts.isOutside(from) || facts.isOutside(to);
  return [
    h('h2', { class: 'pair' }, placeLink(from, context), ' → ', placeLink(to, context)),
    asked === undefined || (ports === undefined && outside)
      ? verdict(ports, outside)
      : portVerdict(isAllowed, port ?? '', ports),
    ...(ports === undefined && outside ? [] : sides.map(sideSection)),
    ...(outside || (asked === undefined ? ports !== undefined : isAllowed)
      ? []
      : wayToAdd(facts.place(from).key, facts.place(to).key, port)),
    button(
      { class: 'more', onclick: () => select({ kind: 'pair', from: to, to: from }) },
      `In the other direction: ${back === undefined ? 'denied' : `allowed on ${back}`}`,
    ),
  ];
}

/** The port in a field; `undefined` if it is none, or a name, which each pod resolves for itself. */
export function portInField(text: string): NumberedPort | undefined {
  const parsed = parsePort(text.trim().toUpperCase());
  return parsed.ok && 'interval' in parsed.value ? parsed.value : undefined;
}

function portVerdict(isAllowed: boolean, port: string, ports: string | undefined): HTMLElement {
  const rest = ports === undefined ? ', as on every port' : `: the two sides together allow ${ports}`;
  return h(
    'p',
    { class: `verdict ${isAllowed ? 'allowed' : 'denied'}`, attributes: { id: 'verdict' } },
    h('strong', {}, isAllowed ? 'Allowed' : 'Denied'),
    ` on ${port}${isAllowed ? '' : rest}`,
  );
}

/** Only the tool can compile and test what to add: the page says how to ask it. */
function wayToAdd(from: string, to: string, port: string | undefined): readonly Child[] {
  const words = ['ringfence', 'explain', from, to, ...(port === undefined ? [] : [port])];
  return [
    h('h3', {}, 'To allow it'),
    h(
      'p',
      {},
      'This prints the route to add, tested, or who would have to allow it; with the `-f` of this page:',
    ),
    h(
      'pre',
      { class: 'code' },
      words.map((word) => (/^[\w./:-]+$/.test(word) ? word : `'${word}'`)).join(' '),
    ),
  ];
}

function placeLink(place: number, { facts, select }: PanelContext): HTMLElement {
  const { key, detail } = facts.place(place);
  return button({ class: 'link', title: detail, onclick: () => select({ kind: 'place', place }) }, key);
}

function verdict(ports: PairFacts['ports'], outside: boolean): HTMLElement {
  const [looks, word, text] =
    ports !== undefined
      ? ['allowed', 'Allowed', `on ${ports}`]
      : outside
        ? [
            '',
            'Nothing is listed',
            'between exactly these: see which of the workload’s connections contain these addresses',
          ]
        : ['denied', 'Denied', 'on every port'];
  return h(
    'p',
    { class: `verdict ${looks}`, attributes: { id: 'verdict' } },
    h('strong', {}, word),
    ` ${text}`,
  );
}

function sideSection({ heading, lets, sentence, rules, policies }: SideFacts): HTMLElement {
  const sign = h('span', { class: 'sign', attributes: { 'aria-hidden': 'true' } }, lets ? '✓' : '✕');
  return h(
    'section',
    { class: `side ${lets ? 'lets' : 'denies'}` },
    h('h3', {}, heading),
    h('p', {}, sign, sentence),
    rules.length === 0 ? undefined : h('ul', { class: 'rules' }, ...rules.map(ruleItem)),
    policies.length === 0 ? undefined : policyNameList(policies),
  );
}

function ruleItem({ policy, rule, yaml, ports, origin }: RuleFacts): HTMLElement {
  return h(
    'li',
    {},
    h('span', { class: 'policy' }, policy),
    h('span', { class: 'rule' }, `${rule}: ${ports}`),
    origin === '' ? undefined : h('span', { class: 'origin' }, origin),
    h('details', { class: 'yaml' }, h('summary', {}, 'YAML'), h('pre', { class: 'code' }, yaml)),
  );
}

/** The names of policies below each other. */
export function policyNameList(names: readonly string[]): HTMLElement {
  return h('ul', { class: 'policies' }, ...names.map((name) => h('li', {}, name)));
}
