// The status of an object: read as far as possible, and written as a patch of the differences.
// It is ours, but others can write it, and another version did: nothing in it may stop us. Must not know its meaning.
import type * as z from 'zod';

/** The stored status, as far as it has the format of this version: a field that does not is left out. */
export function readStatus<Schema extends z.ZodType<object>>(
  schema: Schema,
  stored: unknown,
): Partial<z.output<Schema>> {
  const parsed = schema.safeParse(stored);
  if (parsed.success) return parsed.data;
  if (!isObject(stored)) return {};
  const unreadable = new Set(parsed.error.issues.map(({ path }) => path[0]));
  const rest = Object.entries(stored).filter(([name]) => !unreadable.has(name));
  return schema.safeParse(Object.fromEntries(rest)).data ?? {};
}

/** The JSON merge patch (RFC 7396) that turns `stored`, which may be anything, into `wanted`. */
export function mergePatch(stored: unknown, wanted: object): object {
  const found = isObject(stored) ? stored : {};
  const gone = Object.keys(found).filter((name) => !(name in wanted));
  const members = Object.entries(wanted).map(([name, value]) => [
    name,
    isObject(value) ? mergePatch(found[name], value) : value,
  ]);
  return Object.fromEntries([...gone.map((name) => [name, null]), ...members]);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
