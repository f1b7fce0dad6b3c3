// Reads a custom resource that somebody wrote, in a file or through the API server: a typed profile, or what is wrong with it.
// Must not know where the object comes from, nor what is done about a problem.
import type * as z from 'zod';
import { failure, type Result, success } from '../model/result.ts';
import { listWords } from '../routes/schema/constraint.ts';
import { fieldsIn } from '../routes/schema/fields.ts';
import { type AppNetworkProfile, appNetworkProfile } from './app-network-profile.ts';
import { type EgressMode, egressMode } from './egress.ts';
import { type PlatformNetworkProfile, platformNetworkProfile } from './platform-network-profile.ts';

/**
 * What kind of mistake it is, for code that acts on it: `UnknownField`: there is no such field; `UnknownWord`: the word is none of
 * those that are allowed; `UnquotedString`: YAML takes for a number or a boolean what should be a string; `Invalid`: any other.
 */
export type ProblemCode = 'UnknownField' | 'UnknownWord' | 'UnquotedString' | 'Invalid';

/** What is wrong with a field. */
export interface Problem {
  readonly code: ProblemCode;
  /** Where, as in `spec.routes[2].ports[0]`; `''` is the whole object. */
  readonly path: string;
  /** What is allowed there, without the path. */
  readonly message: string;
  /** Of an unknown field or word: what is written, and what is allowed instead. */
  readonly written?: string;
  readonly allowed?: readonly string[];
}

/** Reads an AppNetworkProfile with its defaults filled in, or says everything that is wrong with it. */
export function decodeAppNetworkProfile(object: unknown): Result<AppNetworkProfile, readonly Problem[]> {
  return decode(appNetworkProfile, object);
}

/**
 * How strict a profile asks egress to be, whether or not the rest of it decodes: it can only tighten, so that a namespace must not
 * be opened because of a route that can't be read. A word that is not known is of another version, and taken for the strictest.
 */
export function readAskedEgress(object: unknown): EgressMode | undefined {
  const asked = (object as { readonly spec?: { readonly egress?: unknown } | null }).spec?.egress;
  if (asked === undefined || asked === null) return undefined;
  const known = egressMode.safeParse(asked);
  return known.success ? known.data : 'Restricted';
}

/** Reads a PlatformNetworkProfile with its defaults filled in, or says everything that is wrong with it. */
export function decodePlatformNetworkProfile(
  object: unknown,
): Result<PlatformNetworkProfile, readonly Problem[]> {
  return decode(platformNetworkProfile, object);
}

/** A problem as one line for people, as in `spec.routes[0].name: must be a DNS label`. */
export function formatProblem(problem: Problem): string {
  return problem.path === '' ? problem.message : `${problem.path}: ${problem.message}`;
}

/** Reads an object that somebody wrote by its schema, or says everything that is wrong with it. */
export function decode<T>(schema: z.ZodType<T>, object: unknown): Result<T, readonly Problem[]> {
  const unsafe = unsafeNames(object, []);
  return unsafe.length > 0 ? failure(unsafe) : decodePruned(schema, pruneNulls(object));
}

/** The same for an object, or part of one, that `decode` has given: for one that is read in several steps. */
export function decodePruned<T>(schema: z.ZodType<T>, object: unknown): Result<T, readonly Problem[]> {
  const parsed = schema.safeParse(object, { reportInput: true });
  return parsed.success ? success(parsed.data) : failure(parsed.error.issues.flatMap(problemsOf));
}

/**
 * The object without members that are null, as the API server prunes them where a field is not nullable; and ours never are.
 * A null in a list stays, and is refused.
 */
export function pruneNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pruneNulls);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null && member !== undefined);
  return Object.fromEntries(members.map(([name, member]) => [name, pruneNulls(member)]));
}

/**
 * Members named `__proto__`. zod leaves them out of a map without a word, so that a selector would lose a label and select
 * more; the API server refuses them, as they are no label keys.
 */
function unsafeNames(value: unknown, path: readonly PropertyKey[]): readonly Problem[] {
  if (typeof value !== 'object' || value === null) return [];
  const steps = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return steps.flatMap((step) =>
    step === '__proto__'
      ? [
          {
            code: 'Invalid',
            path: formatPath(path),
            message: 'must not have `__proto__`, which is neither a field nor a label key',
          },
        ]
      : unsafeNames((value as Readonly<Record<PropertyKey, unknown>>)[step], [...path, step]),
  );
}

function problemsOf(issue: z.core.$ZodIssue): readonly Problem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownField([...issue.path, key], key, fieldsIn(issue)));
  }
  const problem = { path: formatPath(issue.path), message: formatIssue(issue) };
  const { input } = issue;
  if (issue.code === 'invalid_value' && typeof input === 'string') {
    return [{ code: 'UnknownWord', ...problem, written: input, allowed: issue.values.map(String) }];
  }
  const isUnquoted = typeof input === 'number' || typeof input === 'boolean';
  if (issue.code === 'invalid_type' && issue.expected === 'string' && isUnquoted) {
    return [{ code: 'UnquotedString', ...problem }];
  }
  return [{ code: 'Invalid', ...problem }];
}

function unknownField(path: readonly PropertyKey[], written: string, allowed: readonly string[]): Problem {
  const hint =
    allowed.length === 0 ? 'write `{}`: it has no fields' : `allowed are ${listWords(allowed, 'and')}`;
  const message = `is not a field; ${hint}`;
  return { code: 'UnknownField', path: formatPath(path), message, written, allowed };
}

/** What zod found, in words that say what is allowed; our own checks bring their words along. */
function formatIssue(issue: z.core.$ZodIssue): string {
  const isMissing = issue.input === undefined;
  switch (issue.code) {
    case 'invalid_type':
      return isMissing ? 'is required' : `must be ${nameType(issue.expected)}, not ${describe(issue.input)}`;
    case 'invalid_value': {
      const allowed = listWords(issue.values.map(String), 'or');
      if (isMissing) return `is required: ${allowed}`;
      return `must be ${allowed}, not ${describe(issue.input)}${quoteHint(issue.values, issue.input)}`;
    }
    case 'invalid_union':
      return isMissing ? 'is required' : `${issue.message}; ${describe(issue.input)} is not`;
    case 'too_big':
      return issue.origin === 'array'
        ? issue.message
        : `must be at most ${issue.maximum}, not ${describe(issue.input)}`;
    case 'too_small':
      return issue.origin === 'array'
        ? issue.message
        : `must be at least ${issue.minimum}, not ${describe(issue.input)}`;
    default:
      return issue.message;
  }
}

function nameType(expected: string): string {
  const names: Readonly<Record<string, string>> = {
    object: 'an object',
    record: 'an object',
    array: 'a list',
    string: 'a string',
    number: 'a number',
    int: 'a whole number',
    boolean: '`true` or `false`',
  };
  return names[expected] ?? expected;
}

/** YAML 1.1, which kubectl reads, has booleans that look like words. */
function quoteHint(values: readonly unknown[], input: unknown): string {
  return input === false && values.includes('Off')
    ? '; a bare `Off` is a boolean in YAML: write `"Off"`'
    : '';
}

/** The user's own words, or what kind of thing stands there. */
function describe(input: unknown): string {
  if (input === null) return 'null';
  if (Array.isArray(input)) return 'a list';
  if (typeof input === 'object') return 'an object';
  return `\`${String(input)}\``;
}

/** The path as Kubernetes writes it: `[…]` around what is not a plain word. */
function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((step, index) => {
      const isPlain = typeof step === 'string' && /^[A-Za-z_][\w-]*$/.test(step);
      return isPlain ? `${index === 0 ? '' : '.'}${step}` : `[${String(step)}]`;
    })
    .join('');
}
