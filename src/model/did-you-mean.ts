// Suggests the word that a person probably meant.
// Must not know what kind of word it is.
import { distance } from 'fastest-levenshtein';
import { compareText } from './object-key.ts';

/** The one of `words` that is most similar to `typed`; undefined if none is similar, or if `typed` is one of them. */
export function nearest(typed: string, words: readonly string[]): string | undefined {
  if (words.includes(typed)) return undefined;
  const lower = typed.toLowerCase();
  const near = words.flatMap((word) => {
    const most = tolerance(Math.min(typed.length, word.length));
    // There are at least as many edits as the lengths differ: among thousands of words, few are left to compare.
    if (Math.abs(typed.length - word.length) > most) return [];
    const edits = editsBetween(lower, word.toLowerCase());
    return edits <= most ? [{ word, edits }] : [];
  });
  return near.sort((a, b) => a.edits - b.edits || compareText(a.word, b.word))[0]?.word;
}

/**
 * The one of `paths` that is most similar to `typed`, part by part: in `shop/web`, a slip in the name does not excuse another name. Parts
 * end at `/`.
 */
export function nearestPath(typed: string, paths: readonly string[]): string | undefined {
  if (paths.includes(typed)) return undefined;
  const wanted = typed.split('/');
  const near = paths.flatMap((path) => {
    const parts = path.split('/');
    const isNear = parts.every((part, index) => isSimilar(wanted[index] ?? '', part));
    return isNear && parts.length === wanted.length ? [{ path, edits: editsBetween(typed, path) }] : [];
  });
  return near.sort((a, b) => a.edits - b.edits)[0]?.path;
}

function isSimilar(typed: string, word: string): boolean {
  return typed === word || nearest(typed, [word]) !== undefined;
}

/** Two letters in the wrong order are one edit, as in `wbe`. */
function editsBetween(a: string, b: string): number {
  const edits = distance(a, b);
  const isSwap = edits === 2 && a.length === b.length && lettersOf(a) === lettersOf(b);
  return isSwap ? 1 : edits;
}

function lettersOf(word: string): string {
  return [...word].sort().join('');
}

function tolerance(length: number): number {
  return length < 4 ? 1 : Math.min(3, Math.floor(length / 4) + 1);
}
