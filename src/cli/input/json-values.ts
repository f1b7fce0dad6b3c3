// The JSON values that follow each other in a text, as `kubectl get … -o json` and jq print them: one a line, or over several lines.
// Must not know what they mean.

/** A JSON value, and where it is in its text. */
export interface JsonValue {
  readonly value: unknown;
  readonly start: number;
  readonly end: number;
}

/** The objects of which a text consists; undefined if it has anything else, because then it may be YAML. */
export function readJsonValues(text: string): readonly JsonValue[] | undefined {
  try {
    return spansOf(text).map(({ start, end }) => ({
      value: JSON.parse(text.slice(start, end)) as unknown,
      start,
      end,
    }));
  } catch {
    return undefined;
  }
}

/** Where each object begins and ends: a text with one object is a single span, whatever is in it. */
function spansOf(text: string): readonly { readonly start: number; readonly end: number }[] {
  const spans: { readonly start: number; readonly end: number }[] = [];
  let start = 0;
  let depth = 0;
  // Strings, with what is escaped in them, and braces.
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}]/gs)) {
    if (token === '{') depth += 1;
    if (token !== '}') continue;
    depth -= 1;
    if (depth > 0) continue;
    spans.push({ start, end: index + 1 });
    start = index + 1;
  }
  const rest = text.slice(start).trim();
  return rest === '' ? spans : [...spans, { start, end: text.length }];
}
