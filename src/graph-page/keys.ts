// The keys of the page, for people, and whether a key press belongs to a field.
import { button, h } from './dom.ts';

const keys = [
  ['/', 'find a workload or namespace'],
  ['Tab', 'to the map, then to the details'],
  ['← ↑ → ↓', 'move between parts of the map'],
  ['Enter', 'select a workload, or open a namespace'],
  ['Esc', 'go back one step'],
  ['d', 'show what is denied'],
  ['+ − 0', 'zoom in, zoom out, show everything'],
  ['?', 'this list'],
] as const;

/** Fills the dialog that lists the keys. */
export function fillKeys(dialog: HTMLElement): void {
  const rows = keys.flatMap(([key, meaning]) => [h('dt', {}, h('kbd', {}, key)), h('dd', {}, meaning)]);
  const form = h(
    'form',
    { attributes: { method: 'dialog' } },
    button({ attributes: { type: 'submit' } }, 'Close'),
  );
  dialog.replaceChildren(h('h2', {}, 'Keys'), h('dl', {}, ...rows), form);
}

/** Whether the focused element uses letters itself. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement
    ? target.type !== 'checkbox'
    : target instanceof HTMLDialogElement;
}
