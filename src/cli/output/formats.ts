// The formats of an answer: text for people; JSON and YAML for programs, defined by a schema; objects in kubectl's format.
// Must not know what is printed.
import { stringify } from 'yaml';
import * as z from 'zod';
import type { DeepReadonly } from '../../routes/schema/fields.ts';
import type { InputProblem } from '../input/problems.ts';
import type { Paint } from './paint.ts';

/** The context of printing. */
export interface PrintContext {
  /** Colours, if the answer goes to a terminal. */
  readonly paint: Paint;
  /** Prints a note for people on stderr, which is not part of the answer. */
  readonly note: (text: string) => void;
  /** How wide a line may be, if the answer goes to a terminal. */
  readonly room?: number | undefined;
  /** How many lines have room, if it does. */
  readonly height?: number | undefined;
}

/** Prints an answer in one format. */
export type Print<Result> = (result: Result, context: PrintContext) => string | Promise<string>;

/** The formats of a verb's answer. */
export interface Formats<Result> {
  /** The help of `-o`, as in `the output format`; without it there is no `-o`. */
  readonly outputHelp?: string;
  /** By name; the first is the default. */
  readonly print: Readonly<Record<string, Print<Result>>>;
  /** How the problems of an input that can't be used are printed; in other formats they are only on stderr. */
  readonly problems?: Readonly<Record<string, Print<readonly InputProblem[]>>>;
  /** The schema of `-o json` and `-o yaml`; the reference publishes it. */
  readonly schema?: z.ZodType;
}

/** Text for people, data for programs. */
export function textAndData<Result, Schema extends z.ZodType>(formats: {
  readonly text: Print<Result>;
  readonly data: (result: Result) => DeepReadonly<z.input<Schema>>;
  readonly schema: Schema;
  /** The layout of JSON. */
  readonly json?: (data: DeepReadonly<z.input<Schema>>) => string;
  /** Other formats. */
  readonly more?: Readonly<Record<string, Print<Result>>>;
  readonly problems?: Formats<Result>['problems'];
}): Formats<Result> {
  const { text, data, schema, json = toJson, more = {}, problems = {} } = formats;
  return {
    outputHelp: 'the output format',
    print: {
      text,
      json: (result) => json(data(result)),
      yaml: (result) => toYaml(data(result)),
      ...more,
    },
    problems,
    schema,
  };
}

/** Objects in the format of `kubectl apply -f -`: YAML documents, or one JSON list. */
export function manifests<Schema extends z.ZodType>(
  schema: Schema,
  yaml: (object: object) => string = toYaml,
): Formats<readonly object[]> {
  return {
    outputHelp: 'the output format of the objects',
    print: {
      yaml: (objects) => objects.map(yaml).join('---\n'),
      json: (items) => toJson({ apiVersion: 'v1', kind: 'List', items }),
    },
    schema,
  };
}

/** The schema of one `v1` List of objects with these fields. */
export function manifestList<Shape extends z.core.$ZodLooseShape>(item: Shape) {
  return z.strictObject({
    apiVersion: z.literal('v1'),
    kind: z.literal('List'),
    items: z.array(z.strictObject(item)),
  });
}

/** A value as YAML 1.1, which kubectl reads, without line breaks in texts and without aliases. */
export function toYaml(value: unknown): string {
  return stringify(value, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false });
}

function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
