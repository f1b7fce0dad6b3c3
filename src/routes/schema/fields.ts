// Objects with a fixed set of fields. They are refused if they have any other field, as the API server does under
// fieldValidation=Strict. Also the types of what reading them returns.
import * as z from 'zod';

/** Deeply immutable plain data. */
export type DeepReadonly<T> = T extends readonly (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
    : T;

/** An object with exactly these fields. An issue about any other field contains their names: see `fieldsIn`. */
export function fields<Shape extends z.core.$ZodLooseShape>(
  shape: Shape,
): z.ZodObject<Shape, z.core.$strict> {
  const names = Object.keys(shape).join(separator);
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? names : undefined),
  });
}

/** zod accepts only a text along with an issue. */
const separator = ' ';

/** The names of the existing fields, from an issue about an unknown one. */
export function fieldsIn({ message }: z.core.$ZodIssueUnrecognizedKeys): readonly string[] {
  return message === '' ? [] : message.split(separator);
}
