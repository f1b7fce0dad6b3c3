// A duration on the command line, as in Go and kubectl, and in days. Must not know what it is for.

const units: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000 };

/** `2h`, `90m`, `1h30m` or `2d` in milliseconds; `undefined` for anything else, and for nothing. */
export function parseDuration(text: string): number | undefined {
  if (!/^(\d+d)?(\d+h)?(\d+m)?(\d+s)?$/.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+)([dhms])/g)];
  const ms = parts.reduce((sum, [, many, unit = '']) => sum + Number(many) * (units[unit] ?? 0), 0);
  return ms > 0 && Number.isSafeInteger(ms) ? ms : undefined;
}
