// Names come from users' files, and nothing has checked them: this makes them safe for a drawing.
// Must not know what is drawn.

/** Longer names are cut in the middle: their ends are more informative. */
const longest = 44;

/**
 * A text for display: control characters, lone surrogates, and marks that change the direction of writing (which could make
 * a name look like another one) become `�`, and a text that is too long is cut.
 */
export function shown(text: string, most = longest): string {
  const safe = [...visible(text)];
  if (safe.length <= most) return safe.join('');
  const head = Math.ceil((most - 1) / 2);
  return `${safe.slice(0, head).join('')}…${safe.slice(safe.length - (most - 1 - head)).join('')}`;
}

/** The whole text, without invisible characters. */
export function visible(text: string): string {
  return text.toWellFormed().replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]/gu, '\ufffd');
}

/** Text for XML and HTML, between tags or in a quoted attribute. */
export function xml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** JSON for the inside of a `script` element: no `<`, so that neither `</script` nor `<!--` can occur in it. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replace(/[<\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
