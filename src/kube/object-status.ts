// The status that an object has: read as far as it can be read, and written as a patch of what differs.
// It is ours, but others can write it, and another version did: nothing in it may stop us. Must not know what it says.
import type * as z from 'zod';

/** What is stored, as far as it is a status of this version; nothing of one that is not. */
export function readStatus<Schema extends z.ZodType<object>>(
  schema: Schema,
  stored: unknown,
): Partial<z.output<Schema>> {
  const parsed = schema.safeParse(stored);
  return parsed.success ? parsed.data : {};
}

/** The JSON merge patch (RFC 7396) that makes `stored`, which may be anything at all, into `wanted`. */
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
