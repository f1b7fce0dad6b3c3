// What to know of one workload or range of addresses: its state, what reaches it, what it reaches, and what is denied.
// Must not know the views.
import type { Standing } from '../graph/model.ts';
import { countInGroups, inGroups } from '../model/counted.ts';
import { button, type Child, h } from './dom.ts';
import { connectionList, listOfPairs } from './lists.ts';
import type { Facts } from './page-facts.ts';
import type { PanelContext } from './rows.ts';

/** One place. @param denied whether to list what is denied */
export function placeContent(place: number, denied: boolean, context: PanelContext): readonly Child[] {
  const { facts, open } = context;
  const { room, name, detail, ingress, egress } = facts.place(place);
  const { name: roomName, outside = false } = facts.data.rooms[room] ?? {};
  return [
    h(
      'p',
      { class: 'kicker' },
      button({ class: 'link', onclick: () => open(room) }, roomName),
      detail === '' ? undefined : ` · ${detail}`,
    ),
    h('h2', {}, name),
    ...(outside ? [] : [standingLine('Ingress', ingress, facts), standingLine('Egress', egress, facts)]),
    ...connectionList('Reached by', place, 'in', context),
    ...connectionList('Reaches', place, 'out', context),
    ...(outside ? [] : deniedLists(place, denied, context)),
  ];
}

function standingLine(
  side: string,
  { kind, policies, everyone = false }: Standing,
  facts: Facts,
): HTMLElement {
  const label = h('strong', {}, side);
  if (kind !== 'Isolated') {
    const text =
      kind === 'HostNetwork' ? 'in the host network, no policy applies to it' : 'open, no policy isolates it';
    return h('p', { class: 'standing unringed' }, label, ` ${text}`);
  }
  const text = everyone
    ? ' open to everyone: a rule of its policies lets through everything'
    : ` isolated by ${countInGroups(policies.length, 'policy', 'policies')}`;
  return h(
    'details',
    { class: `standing ${everyone ? 'unringed' : 'ringed'}` },
    h('summary', {}, label, text),
    h('ul', { class: 'policies' }, ...policies.map((policy) => h('li', {}, facts.policyName(policy)))),
  );
}

function deniedLists(place: number, denied: boolean, context: PanelContext): readonly Child[] {
  const { facts, showDenied } = context;
  const all = [...facts.data.places.keys()];
  const from = all.filter((other) => facts.isDenied(other, place)).map((other) => [other, place] as const);
  const to = all.filter((other) => facts.isDenied(place, other)).map((other) => [place, other] as const);
  if (!denied) {
    const text = `Denied: ${inGroups(from.length)} can’t reach it, it can’t reach ${inGroups(to.length)}`;
    return [button({ class: 'more', onclick: showDenied }, text)];
  }
  return [
    ...listOfPairs(`Can’t reach it (${inGroups(from.length)})`, from, 'from', context),
    ...listOfPairs(`It can’t reach (${inGroups(to.length)})`, to, 'to', context),
  ];
}
