// Whether a command printed what a page shows, except for what differs from run to run. Must not know who printed it.

/** Progress, on a machine that is slow. */
const progress = /^ringfence: .* …\n/gm;

/** What differs from run to run, and its replacement for the comparison. Applied in this order, to both sides. */
const volatile: readonly (readonly [RegExp, string])[] = [
  [progress, ''],
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, 'TIME'],
  // `kubectl describe`.
  [/\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4} \w+/g, 'TIME'],
  [/\b\d{4}-\d\d-\d\d\b/g, 'DAY'],
  [/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, 'UID'],
  [/\b127\.0\.0\.1:\d+/g, '127.0.0.1:PORT'],
  // The API server's, beside the address that it advertises.
  [/\b(192\.0\.2\.1(\/32)?\D+)\d{4,5}\b/g, '$1PORT'],
  // Ages as kubectl prints them, and durations: `3s`, `2m5s`, `12 ms`.
  [/\b(\d+[dhm])*\d+(\.\d+)?(d|h|m|s| ?ms)\b/g, 'AGE'],
  [/(resourceVersion: ?)"?\d+"?/g, '$1VERSION'],
  // Columns are as wide as their widest cell.
  [/[ \t]+$/gm, ''],
  [/(\S) {2,}/g, '$1  '],
];

/** A text without what differs from run to run. */
function steady(text: string): string {
  return volatile.reduce((rest, [pattern, instead]) => rest.replaceAll(pattern, instead), text).trim();
}

/** What a page should show of what was printed. */
export function pageTextOf(printed: string): string {
  return printed
    .replaceAll(progress, '')
    .trimEnd()
    .replaceAll(/[ \t]+$/gm, '');
}

/** Whether `shown` matches `printed`. A line `...` in it matches any lines. */
export function isPrinted(shown: string, printed: string): boolean {
  const parts = steady(shown).split(/^ *\.\.\.$/m);
  const pattern = parts.map((part) => part.trim().replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('[^]*');
  return new RegExp(`^${pattern}$`).test(steady(printed));
}
