// Why an object is refused, in the words of zod and of the API server. What both say alike is a plain `{ path, says }`.
// Must not know which fields there are.
import type { Refusal } from './agreement-case.ts';

/** A required field is missing. */
export const isMissing = (path: string): Refusal => ({
  path,
  says: 'is required',
  serverSays: 'Required value',
});

/** A field does not exist; `says` names some that do. */
export const isUnknown = (path: string, says: string): Refusal => ({
  path,
  says,
  serverSays: 'unknown field',
});

/** A value has another type than the field. */
export const isOfAnotherType = (path: string, says: string, type: string): Refusal => ({
  path,
  says,
  serverSays: `must be of type ${type}`,
});

/** A value is none of those that `says` lists, in backticks. */
export const isNotOneOf = (path: string, says: string): Refusal => ({
  path,
  says,
  serverSays: `supported values: ${says
    .match(/(?<=`)[\w-]+(?=`)/g)
    ?.map((value) => `"${value}"`)
    .join(', ')}`,
});

/** A text does not match the pattern of the field. */
export const isMalformed = (path: string, says: string): Refusal => ({
  path,
  says,
  serverSays: 'should match',
});

/** A text has more characters than this. */
export const isTooLong = (path: string, max: number): Refusal => ({
  path,
  says: `must have at most ${max} characters`,
  serverSays: 'Too long',
});

/** A text is empty. */
export const isEmptyText = (path: string): Refusal => ({
  path,
  says: 'must have at least 1 character',
  serverSays: 'at least 1 chars long',
});

/** A list is empty. */
export const isEmptyList = (path: string, says = 'must have at least 1 item'): Refusal => ({
  path,
  says,
  serverSays: 'should have at least 1 items',
});

/** A list has more items than this. */
export const hasTooManyItems = (path: string, max: number): Refusal => ({
  path,
  says: `must have at most ${max} items`,
});

/** An item of a set is there twice. */
export const isListedTwice = (path: string): Refusal => ({
  path,
  says: 'is listed twice',
  serverSays: 'Duplicate value',
});

/** An item of a list has the key of another item. */
export const repeatsKey = (path: string, key: string): Refusal => ({
  path,
  says: `is the \`${key}\` of two items`,
  serverSays: 'Duplicate value',
});

/** A number is above its maximum. */
export const isAbove = (path: string, max: number): Refusal => ({
  path,
  says: `must be at most ${max}`,
  serverSays: `should be less than or equal to ${max}`,
});

/** A number is below its minimum. */
export const isBelow = (path: string, min: number): Refusal => ({
  path,
  says: `must be at least ${min}`,
  serverSays: `should be greater than or equal to ${min}`,
});

/** A text is not a DNS label. */
export const isNoDnsLabel = (path: string): Refusal => ({
  path,
  says: 'must be a DNS label: a-z, 0-9 and `-`, with a letter or digit at both ends',
});

/** A text is not a range in CIDR notation. */
export const isNoCidr = (path: string): Refusal => ({
  path,
  says: 'must be a CIDR like `10.0.0.0/8` or `fd00::/8`, without host bits',
});
