// Objects with a fixed set of fields, refused where they hold another one, as the API server does under
// fieldValidation=Strict; and what reading them yields.
import * as z from 'zod';

/** Plain data that nobody may change, however deep. */
export type DeepReadonly<T> = T extends readonly (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
    : T;

/** An object of exactly these fields. An issue about any other field holds the names of these: see `fieldsIn`. */
export function fields<Shape extends z.core.$ZodLooseShape>(
  shape: Shape,
): z.ZodObject<Shape, z.core.$strict> {
  const names = Object.keys(shape).join(separator);
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? names : undefined),
  });
}

/** zod takes nothing but a text along with an issue. */
const separator = ' ';

/** The names of the fields that there are, from an issue about another one. */
export function fieldsIn({ message }: z.core.$ZodIssueUnrecognizedKeys): readonly string[] {
  return message === '' ? [] : message.split(separator);
}
