// Bounded strings: lengths as the API server counts them, and the few syntaxes of names, labels and globs.
// Must not know which field holds which string.
import * as z from 'zod';
import { once } from '../../model/once.ts';
import { constrain } from './constraint.ts';

/** A syntax for strings. */
export interface Syntax {
  /** A regular expression that means the same in JavaScript and in RE2: no look-around, no flags. */
  readonly pattern: string;
  /** What is allowed, for people. */
  readonly message: string;
  /**
   * How the CRD checks it. A `rule` is CEL with the message above. A `pattern` costs nothing of the CEL budget, which a
   * string deep inside lists needs; then the API server names the pattern instead of the message.
   */
  readonly as: 'rule' | 'pattern';
}

/**
 * A string of `min` (1 by default) to `max` characters.
 *
 * They are code points, as `maxLength` counts them in the API server; JavaScript's `length` counts UTF-16 units.
 */
export function text(max: number, min = 1): z.ZodString {
  return z
    .string()
    .check((context) => {
      const length = [...context.value].length;
      if (length >= min && length <= max) return;
      const message =
        length > max
          ? `must have at most ${max} characters, has ${length}`
          : `must have at least ${min} character`;
      context.issues.push({ code: 'custom', input: context.value, message });
    })
    .register(z.globalRegistry, { maxLength: max, ...(min > 0 ? { minLength: min } : {}) });
}

/** The string with a syntax. */
export function written(schema: z.ZodString, syntax: Syntax): z.ZodString {
  const pattern = new RegExp(syntax.pattern);
  const holds = (value: string): boolean => pattern.test(value);
  const explain = (value: string): string => `\`${value}\` is not`;
  if (syntax.as === 'rule') {
    return constrain(schema, {
      rule: `self.matches(r'${syntax.pattern}')`,
      message: syntax.message,
      holds,
      explain,
    });
  }
  return schema
    .check((context) => {
      if (holds(context.value)) return;
      const message = `${syntax.message}; ${explain(context.value)}`;
      context.issues.push({ code: 'custom', input: context.value, message });
    })
    .register(z.globalRegistry, { ...schema.meta(), pattern: syntax.pattern, syntax: syntax.message });
}

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const labelName = '[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?';

/** RFC 1123 label: the syntax of names of namespaces, Services and routes. */
export const dnsLabel = once(() =>
  written(text(63), {
    pattern: `^${label}$`,
    message: 'must be a DNS label: a-z, 0-9 and `-`, with a letter or digit at both ends',
    as: 'rule',
  }),
);

/** RFC 1123 subdomain: the syntax of names of most cluster-scoped objects. */
export const dnsSubdomain = once(() =>
  written(text(253), {
    pattern: `^${label}([.]${label})*$`,
    message: 'must be a DNS subdomain: DNS labels of a-z, 0-9 and `-`, joined by `.`',
    as: 'rule',
  }),
);

/** A label value that is not empty. */
export const labelValue = once(() =>
  written(text(63), {
    pattern: `^${labelName}$`,
    message: 'must be a label value: letters, digits, `-`, `_` and `.`, with a letter or digit at both ends',
    as: 'rule',
  }),
);

/** A label key: an optional DNS subdomain and `/`, then a name of at most 63 characters. */
export const labelKeySyntax: Syntax = {
  pattern: `^(${label}([.]${label})*/)?${labelName}$`,
  message:
    'must be a label key like `app` or `example.com/app`: an optional DNS subdomain and `/`, then at most 63 letters, digits, `-`, `_` and `.`',
  as: 'rule',
};

/** The syntax of a label value in a selector, which may also be empty. */
export const anyLabelValueSyntax: Syntax = {
  pattern: `^(${labelName})?$`,
  message:
    'must be a label value: at most 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends',
  as: 'pattern',
};

/** The longest label key: a subdomain of 253, `/`, and a name of 63. */
export const labelKeyLength = 317;

/** A name in which `*` matches any characters. */
export const nameGlob = once(() =>
  written(text(63), {
    pattern: '^[a-z0-9*]([-a-z0-9*]*[a-z0-9*])?$',
    message: 'must be a namespace name in which `*` matches any characters, like `team-*`',
    as: 'rule',
  }),
);
