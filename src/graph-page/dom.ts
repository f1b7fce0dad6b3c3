// Creates elements concisely. Texts are only ever set as texts, so that a name can't become markup.
// Must not know what is shown.

/** The properties of a new element. */
export interface Props {
  readonly class?: string;
  readonly title?: string;
  readonly onclick?: () => void;
  /** Attributes by name; one that is `undefined` is left out. */
  readonly attributes?: Readonly<Record<string, string | undefined>>;
}

/** The possible children of an element; `undefined` is left out. */
export type Child = Node | string | undefined;

/** An HTML element. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props,
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (props.class !== undefined) element.className = props.class;
  if (props.title !== undefined) element.title = props.title;
  if (props.onclick !== undefined) element.addEventListener('click', props.onclick);
  for (const [name, value] of Object.entries(props.attributes ?? {})) {
    if (value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

/** A button that does not send a form. */
export function button(props: Props, ...children: readonly Child[]): HTMLButtonElement {
  return h('button', { ...props, attributes: { type: 'button', ...props.attributes } }, ...children);
}

/** A text with what is in backticks as code. */
export function coded(text: string): readonly (Node | string)[] {
  return text.split('`').map((part, index) => (index % 2 === 0 ? part : h('code', {}, part)));
}

/** An SVG element. */
export function s<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>>,
  ...children: readonly Node[]
): SVGElementTagNameMap[K] {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** @throws if the page lacks it: page and script are made together */
export function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no #${id}`);
  return element;
}

/** @throws if the page lacks it */
export function inputById(id: string): HTMLInputElement {
  const element = byId(id);
  if (!(element instanceof HTMLInputElement)) throw new Error(`#${id} is no input`);
  return element;
}
