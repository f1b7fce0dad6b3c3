// The panel beside the map: the form, and the selection in words.
// Must not know how the map draws.
import type { PageView } from '../graph/page-format.ts';
import { askForm } from './ask-form.ts';
import { bundleContent, cellContent, gapContent, nodeContent } from './bundle-content.ts';
import { type Child, h } from './dom.ts';
import { pairContent } from './pair-content.ts';
import { placeContent } from './place-content.ts';
import { overviewContent, roomContent } from './room-content.ts';
import type { PanelContext } from './rows.ts';
import type { State } from './state.ts';

/** Fills the panel for a state. */
export function fillPanel(panel: HTMLElement, view: PageView, state: State, context: PanelContext): void {
  panel.replaceChildren(
    askForm(state.selection, context),
    h('div', { class: 'answer' }, ...contentOf(view, state, context)),
  );
  panel.classList.remove('asking');
  panel.scrollTop = 0;
}

function contentOf(view: PageView, { selection, denied }: State, context: PanelContext): readonly Child[] {
  switch (selection.kind) {
    case 'place':
      return placeContent(selection.place, denied, context);
    case 'pair':
      return pairContent(selection, context);
    case 'bundle': {
      const bundle = view.bundles.find(({ id }) => id === selection.id);
      return bundle === undefined ? [] : bundleContent(view, bundle, context);
    }
    case 'node':
      return nodeContent(view, selection.id, context);
    case 'gap':
      return gapContent(view, selection.from, selection.to, context);
    case 'rooms':
      return cellContent(selection.from, selection.to, context);
    case 'none':
      return view.room === undefined ? overviewContent(context) : roomContent(view, view.room, context);
  }
}
