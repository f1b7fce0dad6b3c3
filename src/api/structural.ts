// Turns a zod schema into the structural OpenAPI v3 schema of a CRD, as a plain object. Must not know any resource.
// The Kubernetes docs describe each keyword: "Extend the Kubernetes API with CustomResourceDefinitions".
import * as z from 'zod';
import type { ValidationRule } from '../routes/schema/constraint.ts';

/** One node of a structural schema, with the keywords that our schemas use. */
export interface StructuralSchema {
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'boolean';
  readonly description?: string;
  readonly format?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, StructuralSchema>>;
  readonly additionalProperties?: StructuralSchema;
  readonly items?: StructuralSchema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly 'x-kubernetes-int-or-string'?: true;
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'map' | 'set';
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-map-type'?: 'atomic';
  readonly 'x-kubernetes-validations'?: readonly ValidationRule[];
}

/** The same with keywords that only the reference docs use. */
export interface DocumentedSchema extends StructuralSchema {
  /** The name of a type that is documented once and used in several places. */
  readonly title?: string;
  /** The description of that type for all uses; `description` describes this field. */
  readonly about?: string;
  /** What `pattern` means, for people. */
  readonly syntax?: string;
  readonly properties?: Readonly<Record<string, DocumentedSchema>>;
  readonly additionalProperties?: DocumentedSchema;
  readonly items?: DocumentedSchema;
}

/** Every keyword in the order of printing; other keywords of zod are left out. */
const keywords = [
  ...['description', 'title', 'about', 'syntax', 'type', 'format', 'default', 'enum'],
  ...['minimum', 'maximum', 'minLength', 'maxLength', 'pattern', 'minItems', 'maxItems'],
  ...['minProperties', 'maxProperties', 'x-kubernetes-int-or-string', 'x-kubernetes-list-type'],
  ...['x-kubernetes-list-map-keys', 'x-kubernetes-map-type', 'x-kubernetes-validations'],
  ...['required', 'properties', 'additionalProperties', 'items'],
] as const;

const documentation: readonly string[] = ['title', 'about', 'syntax'];

/** The schema of what a person writes (without defaults), with the keywords for the docs. */
export function documentedSchema(schema: z.ZodType): DocumentedSchema {
  return tidy(z.toJSONSchema(schema, { io: 'input', target: 'openapi-3.0', reused: 'inline' }));
}

/** The schema for a CRD. */
export function structuralSchema(schema: z.ZodType): StructuralSchema {
  return withoutDocumentation(documentedSchema(schema));
}

type Json = Readonly<Record<string, unknown>>;

function tidy(node: Json): DocumentedSchema {
  const tidied = Object.fromEntries(
    keywords.filter((keyword) => keeps(node, keyword)).map((keyword) => [keyword, tidyMember(node, keyword)]),
  );
  if (node.type !== 'integer') return tidied;
  return { ...tidied, format: tidied.maximum === undefined ? 'int64' : 'int32' };
}

/** Removes what zod adds and a structural schema can't have, or does not need. */
function keeps(node: Json, keyword: string): boolean {
  const value = node[keyword];
  if (value === undefined || value === null) return false;
  if (keyword === 'additionalProperties') return typeof value === 'object';
  if (keyword === 'properties') return Object.keys(value).length > 0;
  if (keyword === 'minimum' || keyword === 'maximum') return !isLimit(value);
  // The API server knows the format; zod's pattern for it is longer than some whole schemas.
  return !(keyword === 'pattern' && node.format === 'date-time');
}

function isLimit(value: unknown): boolean {
  return value === Number.MAX_SAFE_INTEGER || value === Number.MIN_SAFE_INTEGER;
}

function tidyMember(node: Json, keyword: string): unknown {
  const value = node[keyword] as Json;
  if (keyword === 'items' || keyword === 'additionalProperties') return tidy(value);
  if (keyword !== 'properties') return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, tidy(member as Json)]));
}

function withoutDocumentation(node: DocumentedSchema): StructuralSchema {
  const { properties, additionalProperties, items, ...own } = node;
  const kept = Object.entries(own).filter(([keyword]) => !documentation.includes(keyword));
  return {
    ...Object.fromEntries(kept),
    ...(properties === undefined ? {} : { properties: mapValues(properties, withoutDocumentation) }),
    ...(additionalProperties === undefined
      ? {}
      : { additionalProperties: withoutDocumentation(additionalProperties) }),
    ...(items === undefined ? {} : { items: withoutDocumentation(items) }),
  };
}

function mapValues<A, B>(record: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
