// Reads a custom resource that somebody wrote, in a file or through the API server. The result is a typed profile, or its problems.
// Must not know where the object comes from, nor what happens because of a problem.
import type * as z from 'zod';
import { failure, type Result, success } from '../model/result.ts';
import { listWords } from '../routes/schema/constraint.ts';
import { fieldsIn } from '../routes/schema/fields.ts';
import { type AppNetworkProfile, appNetworkProfile } from './app-network-profile.ts';
import { type EgressMode, egressMode } from './egress.ts';
import { type NetworkPause, networkPause } from './network-pause.ts';
import { type PlatformNetworkProfile, platformNetworkProfile } from './platform-network-profile.ts';

/**
 * The kind of mistake, for code that acts on it. `UnknownField`: there is no such field. `UnknownWord`: the value is not one of the
 * allowed words. `UnquotedString`: YAML reads a string as a number or a boolean. `Invalid`: any other.
 */
export type ProblemCode = 'UnknownField' | 'UnknownWord' | 'UnquotedString' | 'Invalid';

/** What is wrong with a field. */
export interface Problem {
  readonly code: ProblemCode;
  /** The path, as in `spec.routes[2].ports[0]`; `''` is the whole object. */
  readonly path: string;
  /** What is allowed there, without the path. */
  readonly message: string;
  /** For an unknown field or word: what is written, and what is allowed instead. */
  readonly written?: string;
  readonly allowed?: readonly string[];
}

/** Reads an AppNetworkProfile and fills in its defaults, or returns all of its problems. */
export function decodeAppNetworkProfile(object: unknown): Result<AppNetworkProfile, readonly Problem[]> {
  return decode(appNetworkProfile, object);
}

/**
 * The egress mode that a profile asks for, whether or not the rest of it decodes. It can only tighten, so a route that can't be read
 * must not open a namespace. An unknown mode comes from another version, and counts as the strictest.
 */
export function readAskedEgress(object: unknown): EgressMode | undefined {
  const asked = (object as { readonly spec?: { readonly egress?: unknown } | null }).spec?.egress;
  if (asked === undefined || asked === null) return undefined;
  const known = egressMode.safeParse(asked);
  return known.success ? known.data : 'Restricted';
}

/** Reads a PlatformNetworkProfile and fills in its defaults, or returns all of its problems. */
export function decodePlatformNetworkProfile(
  object: unknown,
): Result<PlatformNetworkProfile, readonly Problem[]> {
  return decode(platformNetworkProfile, object);
}

/** Reads a NetworkPause, or returns all of its problems. */
export function decodeNetworkPause(object: unknown): Result<NetworkPause, readonly Problem[]> {
  return decode(networkPause, object);
}

/** A problem as one line for people, as in `spec.routes[0].name: must be a DNS label`. */
export function formatProblem(problem: Problem): string {
  return problem.path === '' ? problem.message : `${problem.path}: ${problem.message}`;
}

/** Reads an object that somebody wrote by its schema, or returns all of its problems. */
export function decode<T>(schema: z.ZodType<T>, object: unknown): Result<T, readonly Problem[]> {
  const pruned = prune(object);
  return pruned.ok ? decodePruned(schema, pruned.value) : pruned;
}

/** The object as `decodePruned` takes it: see `pruneNulls`. Almost every object is so already, and is not copied. */
export function prune(object: unknown): Result<unknown, readonly Problem[]> {
  if (isPruned(object)) return success(object);
  const unsafe = unsafeNames(object, []);
  return unsafe.length > 0 ? failure(unsafe) : success(pruneNulls(object));
}

/** Whether an object has neither members to prune nor unsafe names. A null in a list stays. */
function isPruned(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isPruned);
  for (const name in value) {
    const member: unknown = value[name as keyof typeof value];
    if (member === null || member === undefined || name === '__proto__' || !isPruned(member)) return false;
  }
  return true;
}

/** The same for an object, or part of one, that `decode` has returned: for reading in several steps. */
export function decodePruned<T>(schema: z.ZodType<T>, object: unknown): Result<T, readonly Problem[]> {
  const parsed = schema.safeParse(object, { reportInput: true });
  return parsed.success ? success(parsed.data) : failure(parsed.error.issues.flatMap(problemsOf));
}

/**
 * The object without members that are null: the API server prunes them if a field is not nullable, and ours never are.
 * A null in a list stays, and is refused.
 */
export function pruneNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pruneNulls);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null && member !== undefined);
  return Object.fromEntries(members.map(([name, member]) => [name, pruneNulls(member)]));
}

/**
 * Members named `__proto__`. zod silently leaves them out of a map, so that a selector would lose a label and select
 * more. The API server refuses them, because they are not valid label keys.
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

/** A problem that zod found, in words that say what is allowed; our own checks have their own words. */
function formatIssue(issue: z.core.$ZodIssue): string {
  const isMissing = issue.input === undefined;
  switch (issue.code) {
    case 'invalid_type':
      return isMissing
        ? 'is required'
        : `must be ${nameType(issue.expected)}, not ${describe(issue.input)}${unquoteHint(issue.expected, issue.input)}`;
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

/** A number or a boolean in quotes is a text, and looks the same in a message. */
function unquoteHint(expected: string, input: unknown): string {
  if (typeof input !== 'string') return '';
  const isMeant = expected === 'boolean' ? /^(true|false)$/.test(input) : /^-?\d+$/.test(input);
  return ['boolean', 'number', 'int'].includes(expected) && isMeant ? ' in quotes: leave them out' : '';
}

/** YAML 1.1, which kubectl reads, treats some words as booleans. */
function quoteHint(values: readonly unknown[], input: unknown): string {
  return input === false && values.includes('Off')
    ? '; a bare `Off` is a boolean in YAML: write `"Off"`'
    : '';
}

/** The user's own words, or the kind of the value. */
function describe(input: unknown): string {
  if (input === null) return 'null';
  if (Array.isArray(input)) return 'a list';
  if (typeof input === 'object') return 'an object';
  return `\`${String(input)}\``;
}

/** The path in Kubernetes' notation: `[…]` around everything that is not a plain word. */
function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((step, index) => {
      const isPlain = typeof step === 'string' && /^[A-Za-z_][\w-]*$/.test(step);
      return isPlain ? `${index === 0 ? '' : '.'}${step}` : `[${String(step)}]`;
    })
    .join('');
}
