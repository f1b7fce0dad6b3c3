// Globs over names: `*` matches any characters, everything else only itself.
// Must not know what is named.

/** Whether `name` matches `glob` from its first to its last character. */
export function matchesGlob(glob: string, name: string): boolean {
  const pieces = glob.split('*');
  const [first = '', ...rest] = pieces;
  if (rest.length === 0) return glob === name;
  const last = rest.pop() ?? '';
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length)
    return false;
  let from = first.length;
  const end = name.length - last.length;
  for (const piece of rest) {
    const at = name.indexOf(piece, from);
    if (at < 0 || at + piece.length > end) return false;
    from = at + piece.length;
  }
  return true;
}
