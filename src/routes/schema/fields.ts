// Objects with a fixed set of fields, refused where they hold another one, as the API server does under
// fieldValidation=Strict; and what reading them yields.
import * as z from 'zod';
import { listWords } from './constraint.ts';

/** Plain data that nobody may change, however deep. */
export type DeepReadonly<T> = T extends readonly (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
    : T;

/** An object of exactly these fields; the message about any other field says which there are. */
export function fields<Shape extends z.core.$ZodLooseShape>(
  shape: Shape,
): z.ZodObject<Shape, z.core.$strict> {
  const names = Object.keys(shape);
  const allowed =
    names.length === 0 ? 'write `{}`, there are no fields here' : `allowed are ${listWords(names, 'and')}`;
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? `is not a field; ${allowed}` : undefined),
  });
}
