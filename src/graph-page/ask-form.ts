// The form that asks about any two ends and a port.
// Must not know the answer.
import { button, coded, h } from './dom.ts';
import type { Facts } from './page-facts.ts';
import { askedIn } from './question.ts';
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
    const asked = askedIn({ from: from.value.trim(), to: to.value.trim(), port: port.value.trim() }, facts);
    const bad = 'note' in asked ? asked.bad : [];
    for (const [word, field] of [['from', from] as const, ['to', to] as const, ['port', port] as const])
      field.setAttribute('aria-invalid', String(bad.includes(word)));
    note.replaceChildren(...coded('note' in asked ? asked.note : ''));
    if (!('note' in asked)) select(asked);
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
