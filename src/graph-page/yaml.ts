// Plain values as YAML, for people to read: the rules of policies hold only maps, lists, texts and numbers.
// Must not know what they mean.

/** As `kubectl` would print it. */
export function yamlOf(value: unknown, indent = ''): string {
  if (Array.isArray(value)) {
    if (value.length === 0) return ' []';
    return value.map((item) => `\n${indent}-${itemOf(item, `${indent}  `)}`).join('');
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value);
    if (entries.length === 0) return ' {}';
    return entries.map(([key, item]) => `\n${indent}${text(key)}:${yamlOf(item, `${indent}  `)}`).join('');
  }
  return ` ${typeof value === 'string' ? text(value) : String(value)}`;
}

/** The first line of a map stands beside its dash. */
function itemOf(item: unknown, indent: string): string {
  const written = yamlOf(item, indent);
  return written.startsWith('\n') ? ` ${written.slice(1 + indent.length)}` : written;
}

/** Quoted unless every reader takes it for a text. */
function text(value: string): string {
  const isPlain = /^[A-Za-z][\w./-]*$/.test(value) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(value);
  return isPlain ? value : JSON.stringify(value);
}
