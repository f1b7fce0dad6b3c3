// Constraints that apply in two places: as CEL in the CRD and as a check in zod, from one declaration and with one message.
// Must not know any field: it only attaches what it is given.
import * as z from 'zod';

/** One validation rule of a CRD (`x-kubernetes-validations`). */
export interface ValidationRule {
  readonly rule: string;
  readonly message: string;
}

/** The key under which a schema's metadata carries its CEL rules into the CRD. */
export const validations = 'x-kubernetes-validations';

/** A condition on a value, declared once. */
export interface Constraint<T> {
  /** The CEL expression over `self`; its estimated cost counts against the budget of the CRD. */
  readonly rule: string;
  /** What is allowed, for people: it follows the field's path, as in `spec.routes[0].name: must be …`. */
  readonly message: string;
  /** The same as `rule`, in TypeScript. It only sees values whose members are valid by themselves. */
  readonly holds: (value: T) => boolean;
  /** Details about this value that the API server can't give; they follow `message`. */
  readonly explain?: (value: T) => string | undefined;
  /** The path of the problem below the value, if the problem is not the value itself. */
  readonly path?: readonly string[];
}

/**
 * The schema with `constraint` as a zod check and as a CEL rule. Every copy of a schema costs time at each start: `check` has already
 * made one, which this function marks; `meta` would make another.
 */
export function constrain<S extends z.ZodType>(schema: S, constraint: Constraint<z.output<S>>): S {
  const checked = schema.check((context) => {
    if (constraint.holds(context.value)) return;
    const more = constraint.explain?.(context.value);
    context.issues.push({
      code: 'custom',
      input: context.value,
      path: [...(constraint.path ?? [])],
      message: more === undefined ? constraint.message : `${constraint.message}; ${more}`,
    });
  });
  z.globalRegistry.add(checked, metaWith(checked, constraint));
  return checked;
}

/**
 * The schema with a rule that only the API server can check, because it needs the previous object (`oldSelf`).
 */
export function constrainChange<S extends z.ZodType>(schema: S, rule: ValidationRule): S {
  return schema.meta(metaWith(schema, rule));
}

/** The CEL expression for a member of `self`: reserved words are escaped (Kubernetes API concepts, CEL). */
export function member(...names: readonly string[]): string {
  return ['self', ...names.map((name) => (reserved.includes(name) ? `__${name}__` : name))].join('.');
}

/** The CEL expression that is true if exactly one of the members is set. */
export function exactlyOne(names: readonly string[]): string {
  return `[${names.map((name) => `has(${member(name)})`).join(', ')}].exists_one(present, present)`;
}

/** The words as a list for people: `a`, `b` and `c`, in backticks. */
export function listWords(words: readonly string[], conjunction: 'and' | 'or'): string {
  const quoted = words.map((word) => `\`${word}\``);
  const last = quoted.pop() ?? '';
  return quoted.length === 0 ? last : `${quoted.join(', ')} ${conjunction} ${last}`;
}

function metaWith(schema: z.ZodType, { rule, message }: ValidationRule): z.GlobalMeta {
  const meta = schema.meta() ?? {};
  const rules = (meta[validations] ?? []) as readonly ValidationRule[];
  return { ...meta, [validations]: [...rules, { rule, message }] };
}

const reserved: readonly string[] = [
  ...['true', 'false', 'null', 'in', 'as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if'],
  ...['import', 'let', 'loop', 'package', 'namespace', 'return', 'var', 'void', 'while'],
];
