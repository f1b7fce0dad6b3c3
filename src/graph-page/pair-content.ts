// Why one place reaches another, or why not: the verdict, then each side with its rules or the policies that isolate it.

import { button, type Child, coded, h } from './dom.ts';
import { type Facts, type NumberedPort, portInField } from './page-facts.ts';
import { type PairFacts, type PolicyWords, pairFacts, type RuleFacts, type SideFacts } from './pair-facts.ts';
import type { PanelContext } from './rows.ts';
import type { Selection } from './state.ts';

type AskedPair = Extract<Selection, { readonly kind: 'pair' }>;

/** The answer about a pair. */
export function pairContent(pair: AskedPair, context: PanelContext): readonly Child[] {
  const { from, to, port, through } = pair;
  const { facts, select } = context;
  const asked = port === undefined ? undefined : portInField(port);
  const { ports, sides } = pairFacts(facts, from, to, asked);
  const back = facts.portsOf(to, from);
  const outside = facts.isOutside(from) || facts.isOutside(to);
  return [
    h('h2', { class: 'pair' }, placeLink(from, context), ' → ', placeLink(to, context)),
    ...(through === undefined
      ? []
      : [h('p', { class: 'kicker' }, `asked as ${through}: its pods and their ports`)]),
    ...(asked === undefined || (ports === undefined && outside)
      ? [verdict(ports, outside)]
      : portVerdict(pair, { facts, asked, ports })),
    ...(ports === undefined && outside ? [] : sides.map(sideSection)),
    ...(outside || facts.isPairAllowed(from, to, port)
      ? []
      : wayToAdd(facts.askedAs(from), facts.askedAs(to), port)),
    button(
      { class: 'more', onclick: () => select({ kind: 'pair', from: to, to: from }) },
      `In the other direction: ${back === undefined ? 'denied' : `allowed on ${back}`}`,
    ),
  ];
}

/** What is known about the port of a question. */
interface PortFacts extends Pick<PairFacts, 'ports'> {
  readonly facts: Facts;
  readonly asked: NumberedPort;
}

/** The verdict, and which ports were perhaps meant. */
function portVerdict(pair: AskedPair, known: PortFacts): readonly HTMLElement[] {
  const { to, port = '' } = pair;
  const { facts, asked } = known;
  const offers = facts.offersInstead(to, asked);
  const isAllowed = facts.allows(pair.from, to, asked);
  const [looks, word, text] = isAllowed ? allowedWords(port, offers) : deniedWords(port, known.ports);
  const through = isAllowed && offers === undefined ? undefined : facts.servicePortOf(to, asked);
  const notes = [
    ...(through === undefined
      ? []
      : [
          `${port} is the port of Service \`${through.service}\`, which leads to ${through.leadsTo} of its pods`,
        ]),
    ...(offers === undefined
      ? []
      : [
          `\`${facts.place(to).key}\` offers ${offers}: none of its containers declares ${port}, and no Service leads there`,
        ]),
  ];
  return [verdictBox(looks, word, text), ...notes.map((note) => h('p', { class: 'kicker' }, ...coded(note)))];
}

type VerdictWords = readonly [looks: string, word: string, text: string];

/** In the words of `explain`: policies decide, and what a container declares is no proof. */
function allowedWords(port: string, offers: string | undefined): VerdictWords {
  return offers === undefined
    ? ['allowed', 'Allowed', `on ${port}`]
    : ['unserved', 'Policies allow', `${port}, but nothing is known to listen there`];
}

function deniedWords(port: string, ports: string | undefined): VerdictWords {
  const rest = ports === undefined ? ', as on every port' : `: the two sides together allow ${ports}`;
  return ['denied', 'Denied', `on ${port}${rest}`];
}

/** Only the tool can compile and test what to add: the page says how to ask it. */
function wayToAdd(from: string, to: string, port: string | undefined): readonly Child[] {
  const words = ['ringfence', 'explain', from, to, ...(port === undefined ? [] : [port])];
  const command = words.map((word) => (/^[\w./:-]+$/.test(word) ? word : `'${word}'`)).join(' ');
  const copy = button({ class: 'copy' }, 'Copy');
  copy.addEventListener('click', async () => {
    await navigator.clipboard.writeText(command);
    copy.textContent = 'Copied';
  });
  return [
    h('h3', {}, 'To allow it'),
    h(
      'p',
      {},
      'This prints the route to add, tested, or who would have to allow it. Add the ',
      h('code', {}, '-f'),
      ' that this page was made with:',
    ),
    h('pre', { class: 'code command' }, command),
    copy,
  ];
}

function placeLink(place: number, { facts, select }: PanelContext): HTMLElement {
  const { key, detail } = facts.place(place);
  return button({ class: 'link', title: detail, onclick: () => select({ kind: 'place', place }) }, key);
}

function verdict(ports: PairFacts['ports'], outside: boolean): HTMLElement {
  const [looks, word, text]: VerdictWords =
    ports !== undefined
      ? ['allowed', 'Allowed', `on ${ports}`]
      : outside
        ? [
            '',
            'Nothing is listed',
            'between exactly these: see which of the workload’s connections contain these addresses',
          ]
        : ['denied', 'Denied', 'on every port'];
  return verdictBox(looks, word, text);
}

function verdictBox(...[looks, word, text]: VerdictWords): HTMLElement {
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
    policies.length === 0 ? undefined : policyList(policies),
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

/** The policies that isolate a side, below each other. */
function policyList(policies: readonly PolicyWords[]): HTMLElement {
  const items = policies.map(({ name, note }) =>
    h('li', {}, h('span', { class: 'policy' }, name), h('span', { class: 'origin' }, note)),
  );
  return h('ul', { class: 'policies' }, ...items);
}
