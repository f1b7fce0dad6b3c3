// Colours for people: only on a terminal, and never if NO_COLOR is set (https://no-color.org).
// No information is in the colour alone. Must not know what is painted.
import { styleText } from 'node:util';

/** How a piece of text looks. */
export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow';

/** Paints text, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string;

/** The paint for stdout; a file gets no colours. */
export function paintFor({ file }: { readonly file?: string }): Paint {
  return file === undefined ? (style, text) => styleText(style, text, { stream: process.stdout }) : plain;
}

const plain: Paint = (_style, text) => text;
