// The JSON values that follow each other in a text, as `kubectl get … -o json` and jq print them: one a line, or over several lines.
// Must not know what they mean.

/** A JSON value, and where it is in its text. */
export interface JsonValue {
  readonly value: unknown;
  readonly start: number;
  readonly end: number;
}

/** Some characters of a text, by their offsets. */
interface Part {
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
function spansOf(text: string): readonly Part[] {
  const spans: Part[] = [];
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

/** Where each item of the member `items` is in an object, which is valid JSON; none if there is no such list. */
export function spansOfItems(text: string, start: number, end: number): readonly Part[] {
  const spans: Part[] = [];
  let key = '';
  let begin: number | undefined;
  for (const { token, at, depth } of tokensOf(text.slice(start, end))) {
    if (depth === 1 && token.startsWith('"')) key = token;
    else if (depth === 1 && token === '[' && key === '"items"') begin = start + at + 1;
    else if (depth === 2 && begin !== undefined && (token === ',' || token === ']')) {
      spans.push({ start: begin, end: start + at });
      begin = token === ',' ? start + at + 1 : undefined;
    }
  }
  return spans;
}

/** The strings, brackets and commas of a JSON text, each with the number of brackets around it. */
function* tokensOf(
  text: string,
): Iterable<{ readonly token: string; readonly at: number; readonly depth: number }> {
  let depth = 0;
  for (const { 0: token, index: at } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],]/gs)) {
    yield { token, at, depth };
    if (token === '{' || token === '[') depth += 1;
    if (token === '}' || token === ']') depth -= 1;
  }
}
