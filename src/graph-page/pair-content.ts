// Why one place reaches another, or why not: the verdict, then each side with its rules or the policies that isolate it.
import { button, type Child, h } from './dom.ts';
import type { PairFacts, RuleFacts, SideFacts } from './page-facts.ts';
import type { PanelContext } from './rows.ts';

/** The answer about a pair. */
export function pairContent(from: number, to: number, context: PanelContext): readonly Child[] {
  const { facts, select } = context;
  const { ports, sides } = facts.pair(from, to);
  const back = facts.portsOf(to, from);
  const outside = facts.isOutside(from) || facts.isOutside(to);
  return [
    h('h2', { class: 'pair' }, placeLink(from, context), ' → ', placeLink(to, context)),
    verdict(ports, outside),
    ...(ports === undefined && outside ? [] : sides.map(sideSection)),
    button(
      { class: 'more', onclick: () => select({ kind: 'pair', from: to, to: from }) },
      `In the other direction: ${back === undefined ? 'denied' : `allowed on ${back}`}`,
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

function ruleItem({ policy, rule, ports, origin }: RuleFacts): HTMLElement {
  return h(
    'li',
    {},
    h('span', { class: 'policy' }, policy),
    h('span', { class: 'rule' }, `${rule}: ${ports}`),
    origin === '' ? undefined : h('span', { class: 'origin' }, origin),
  );
}

/** The names of policies below each other. */
export function policyNameList(names: readonly string[]): HTMLElement {
  return h('ul', { class: 'policies' }, ...names.map((name) => h('li', {}, name)));
}
