// Suggests the word that a person probably meant.
// Must not know what kind of word it is.
import { distance } from 'fastest-levenshtein';

/** The one of `words` that is most similar to `typed`; undefined if none is similar, or if `typed` is one of them. */
export function nearest(typed: string, words: readonly string[]): string | undefined {
  if (words.includes(typed)) return undefined;
  const near = words
    .map((word) => ({ word, edits: distance(typed.toLowerCase(), word.toLowerCase()) }))
    .filter(({ word, edits }) => edits <= tolerance(Math.min(typed.length, word.length)));
  return near.sort((a, b) => a.edits - b.edits)[0]?.word;
}

/** Two letters in the wrong order are two edits. */
function tolerance(length: number): number {
  return length < 4 ? 1 : Math.min(3, Math.floor(length / 4) + 1);
}
