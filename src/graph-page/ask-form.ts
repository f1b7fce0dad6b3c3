// The form that asks about any two ends and a port, and what its words mean.
// Must not know the answer.
import { button, h } from './dom.ts';
import { type Facts, portInField } from './page-facts.ts';
import type { PanelContext } from './rows.ts';
import type { Selection } from './state.ts';

/** A form to ask about any two places, and a port. */
export function askForm(selection: Selection, { facts, select }: PanelContext): HTMLElement {
  const pair = selection.kind === 'pair' ? selection : undefined;
  const source = selection.kind === 'place' ? selection.place : pair?.from;
  const from = askField('from', 'namespace/workload', keyOf(source, facts));
  const to = askField('to', 'namespace/workload', keyOf(pair?.to, facts));
  const port = askField('port', 'any', pair?.port ?? '');
  const note = h('p', { class: 'ask-note', attributes: { id: 'ask-note', role: 'status' } });
  const form = h(
    'form',
    { class: 'ask', attributes: { 'aria-label': 'Ask about a pair' } },
    ...[from, to, port].flatMap((field) => [
      h('label', { attributes: { for: field.id } }, field.id.slice('ask-'.length)),
      field,
    ]),
    button({ class: 'go', attributes: { type: 'submit' } }, 'Why?'),
    note,
  );
  // An old answer does not stand beside a new question.
  form.addEventListener('input', () => {
    form.parentElement?.classList.add('asking');
    note.textContent = '';
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    form.parentElement?.classList.add('asking');
    const asked = askedIn({ from: from.value.trim(), to: to.value.trim() }, facts);
    const text = port.value.trim();
    const isPort = text === '' || portInField(text) !== undefined;
    for (const [field, isGood] of [
      [from, asked.from !== undefined],
      [to, asked.to !== undefined],
      [port, isPort],
    ] as const)
      field.setAttribute('aria-invalid', String(!isGood));
    note.textContent = isPort
      ? (asked.note ?? '')
      : 'a port is a number, as in 8080 or 53/UDP: names mean another number at each pod';
    if (asked.from === undefined || asked.to === undefined || asked.note !== undefined || !isPort) return;
    select({ kind: 'pair', from: asked.from, to: asked.to, ...(text === '' ? {} : { port: text }) });
  });
  return form;
}

function keyOf(place: number | undefined, facts: Facts): string {
  return place === undefined ? '' : facts.place(place).key;
}

function askField(word: 'from' | 'to' | 'port', placeholder: string, value: string): HTMLInputElement {
  const list = word === 'port' ? {} : { list: 'places' };
  const attributes = {
    id: `ask-${word}`,
    type: 'text',
    ...list,
    placeholder,
    autocomplete: 'off',
    spellcheck: 'false',
    value,
  };
  return h('input', { attributes });
}

interface Asked {
  readonly from: number | undefined;
  readonly to: number | undefined;
  /** Why there is no answer, or what it is where no pair shows it. */
  readonly note?: string;
}

/** The two ends of a question; an address means the listed range that contains it, for this very connection. */
function askedIn(words: { readonly from: string; readonly to: string }, facts: Facts): Asked {
  const [from, to] = [facts.placeOfKey(words.from), facts.placeOfKey(words.to)];
  if (from !== undefined && to !== undefined)
    return { from, to, ...(from === to ? { note: 'both ends are the same' } : {}) };
  if (from !== undefined && isAddress(words.to)) {
    const [found] = facts.placesOfAddress(words.to, from, 'out');
    return found === undefined
      ? { from, to: -1, note: `Denied: no rule lets ${words.from} out to ${words.to}` }
      : { from, to: found };
  }
  if (to !== undefined && isAddress(words.from)) {
    const [found] = facts.placesOfAddress(words.from, to, 'in');
    return found === undefined
      ? { from: -1, to, note: `Denied: no rule lets ${words.from} in to ${words.to}` }
      : { from: found, to };
  }
  return { from, to, note: unknownEnd(from === undefined ? words.from : words.to) };
}

function unknownEnd(word: string): string {
  return word === '' ? 'name both ends' : `nothing here is named ${word}`;
}

function isAddress(word: string): boolean {
  return /^[\da-f]*[.:][\da-f.:]*(?:\/\d+)?$/i.test(word);
}
