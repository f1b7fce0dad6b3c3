// Colours for people: on a terminal only, and never where NO_COLOR is set (https://no-color.org).
// Nothing is told by colour alone. Must not know what is painted.

/** How a piece of text looks. */
export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow';

/** Paints text, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string;

const codes: Readonly<Record<Style, readonly [number, number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
};

/** Leaves every text as it is. */
const plain: Paint = (_style, text) => text;

const painted: Paint = (style, text) => {
  const [on, off] = codes[style];
  return text === '' ? '' : `\u001b[${on}m${text}\u001b[${off}m`;
};

/** The paint for what is written to a stream. */
export function paintFor(
  stream: { readonly isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>>,
): Paint {
  const isColourful = stream.isTTY === true && !environment.NO_COLOR && environment.TERM !== 'dumb';
  return isColourful ? painted : plain;
}

/** What is written to a file has no colours. */
export function paintOf({ file }: { readonly file?: string }, paint: Paint): Paint {
  return file === undefined ? paint : plain;
}
