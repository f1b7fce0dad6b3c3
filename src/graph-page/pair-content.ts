// Why one place reaches another, or why not: the verdict, then each side with its rules or the policies that isolate it.
import { button, type Child, h } from './dom.ts';
import type { Facts, PairFacts, RuleFacts, SideFacts } from './page-facts.ts';
import type { Selection } from './state.ts';

/** The callbacks of the answer. */
export interface PairEvents {
  readonly select: (selection: Selection) => void;
}

/** The answer about a pair. */
export function pairContent(pair: PairFacts, facts: Facts, events: PairEvents): readonly Child[] {
  const { from, to, ports } = pair;
  const back = facts.pair(to, from);
  const outside = facts.isOutside(from) || facts.isOutside(to);
  return [
    h('h2', { class: 'pair' }, placeLink(from, facts, events), ' → ', placeLink(to, facts, events)),
    verdict(pair, outside),
    ...(ports === undefined && outside ? [] : pair.sides.map(sideSection)),
    button(
      { class: 'more', onclick: () => events.select({ kind: 'pair', from: to, to: from }) },
      `In the other direction: ${back.ports === undefined ? 'denied' : `allowed on ${back.ports}`}`,
    ),
  ];
}

function placeLink(place: number, facts: Facts, events: PairEvents): HTMLElement {
  const { key, detail } = facts.place(place);
  return button(
    { class: 'link', title: detail, onclick: () => events.select({ kind: 'place', place }) },
    key,
  );
}

function verdict({ ports }: PairFacts, outside: boolean): HTMLElement {
  if (ports !== undefined) {
    return h(
      'p',
      { class: 'verdict allowed', attributes: { id: 'verdict' } },
      h('strong', {}, 'Allowed'),
      ` on ${ports}`,
    );
  }
  if (outside) {
    const text = ' between exactly these: see which of the workload’s connections contain these addresses';
    return h(
      'p',
      { class: 'verdict', attributes: { id: 'verdict' } },
      h('strong', {}, 'Nothing is listed'),
      text,
    );
  }
  return h(
    'p',
    { class: 'verdict denied', attributes: { id: 'verdict' } },
    h('strong', {}, 'Denied'),
    ' on every port',
  );
}

function sideSection({ heading, lets, sentence, rules, policies }: SideFacts): HTMLElement {
  return h(
    'section',
    { class: `side ${lets ? 'lets' : 'denies'}` },
    h('h3', {}, heading),
    h(
      'p',
      {},
      h('span', { class: 'sign', attributes: { 'aria-hidden': 'true' } }, lets ? '✓' : '✕'),
      sentence,
    ),
    rules.length === 0 ? undefined : h('ul', { class: 'rules' }, ...rules.map(ruleItem)),
    policies.length === 0
      ? undefined
      : h('ul', { class: 'policies' }, ...policies.map((name) => h('li', {}, name))),
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
