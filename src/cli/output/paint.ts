// Colours for people: on a terminal only, and never where NO_COLOR is set (https://no-color.org).
// Nothing is told by colour alone. Must not know what is painted.
import { styleText } from 'node:util';

/** How a piece of text looks. */
export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow';

/** Paints text, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string;

/** The paint for what is written to stdout, or to a file: that has no colours. */
export function paintFor({ file }: { readonly file?: string }): Paint {
  return file === undefined ? (style, text) => styleText(style, text, { stream: process.stdout }) : plain;
}

const plain: Paint = (_style, text) => text;
