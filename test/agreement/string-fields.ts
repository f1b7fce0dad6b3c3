// Every place in a custom resource where somebody writes a text: found in the schema that the API server is given, so that no new
// field is forgotten. Must not know which texts are right.
import { customResourceDefinition } from '../../src/api/crd.ts';
import { customResources } from '../../src/api/custom-resources.ts';
import type { StructuralSchema } from '../../src/api/structural.ts';
import { validations } from '../../src/routes/schema/constraint.ts';
import { type Kind, specOfKind } from './agreement-case.ts';
import type { Subject } from './nearly-right.ts';

/** A place for a text. */
export interface StringField {
  readonly kind: Kind;
  /** The members that lead to it below `spec`; `[]` is an item of a list, `{}` a value of a map and `{key}` a key. */
  readonly path: readonly string[];
  readonly subject: Subject;
  /** Equal for places that ask the same of a text. */
  readonly asks: string;
}

/** Every place for a text in the specs of the custom resources. */
export function stringFields(): readonly StringField[] {
  return customResources.flatMap((resource) => {
    const { names, versions } = customResourceDefinition(resource).spec;
    return versions.flatMap(({ schema }) => {
      const spec = schema.openAPIV3Schema.properties?.spec;
      return spec === undefined
        ? []
        : fieldsIn(spec, []).map((field) => ({ ...field, kind: names.kind as Kind }));
    });
  });
}

function fieldsIn(schema: StructuralSchema, path: readonly string[]): readonly Omit<StringField, 'kind'>[] {
  const { properties = {}, items, additionalProperties } = schema;
  return [
    ...(isText(schema) ? [{ path, subject: subjectOf(schema, path), asks: asksOf(schema) }] : []),
    ...Object.entries(properties).flatMap(([name, inner]) => fieldsIn(inner, [...path, name])),
    ...(items === undefined ? [] : fieldsIn(items, [...path, '[]'])),
    ...(additionalProperties === undefined
      ? []
      : [
          {
            path: [...path, '{key}'],
            subject: 'key' as const,
            asks: asksOf({ ...schema, additionalProperties: {} }),
          },
          ...fieldsIn(additionalProperties, [...path, '{}']),
        ]),
  ];
}

function isText(schema: StructuralSchema): boolean {
  return schema.type === 'string' || schema['x-kubernetes-int-or-string'] === true;
}

/** By what the schema asks of it. */
function subjectOf(schema: StructuralSchema, path: readonly string[]): Subject {
  const asked = (schema[validations] ?? []).map(({ rule }) => rule).join();
  if (schema['x-kubernetes-int-or-string'] === true) return 'port';
  if (schema.enum !== undefined) return 'word';
  if (path.at(-1) === 'until') return 'time';
  if (asked.includes('isCIDR')) return 'cidr';
  if (asked.includes('isIP')) return 'address';
  if (path.at(-1) === 'key' || path.at(-1) === 'appLabel') return 'key';
  return asked.includes('*') && path.includes('namespaces') ? 'glob' : 'name';
}

function asksOf({ description: _, ...asked }: StructuralSchema): string {
  return JSON.stringify(asked);
}

/** A spec that is right except for the text at this place, if that is wrong. */
export function specWith({ kind, path }: StringField, text: string): object {
  return specOfKind(kind, holding(path, text, '') as Readonly<Record<string, unknown>>);
}

/** The value at a place, wrapped in what leads to it, with what must stand beside it. */
function holding([step, ...rest]: readonly string[], text: string, at: string): unknown {
  if (step === undefined) return text;
  const value = holding(rest, text, `${at}/${step}`);
  if (step === '[]') return [value];
  if (step === '{}') return { app: value };
  if (step === '{key}') return { [text]: 'web' };
  return { ...besides(step, at, text), [step]: value };
}

const route = { name: 'web', from: { app: 'web' }, to: { app: 'mongo' } };

/** The siblings that a member needs, by the end of its path and, if it matters, its name. */
const siblings: readonly (readonly [where: RegExp, step: RegExp, siblings: object])[] = [
  [/^\/routes\/\[\]$/, /./, route],
  [/\/matchExpressions\/\[\]$/, /^operator$/, { key: 'app', values: ['web'] }],
  [/\/matchExpressions\/\[\]$/, /./, { key: 'app', operator: 'In', values: ['web'] }],
  [/\/(from|to)\/namespace$/, /^pods$/, { name: 'shop' }],
  [/^\/rules\/\[\]$/, /./, { name: 'rule', namespaces: { names: ['*'] } }],
  [/^\/rules\/\[\]\/allow$/, /^cidrs$/, { ends: ['app'] }],
  [/^\/ingressControllers\/\[\]$/, /./, { name: 'public', namespace: 'ingress' }],
  [/^\/monitoring\/\[\]$/, /./, { name: 'prometheus', namespace: 'monitoring', ports: [1] }],
];

function besides(step: string, at: string, text: string): object {
  if (step === 'except') return { cidr: text.includes(':') ? '::/0' : '0.0.0.0/0' };
  return siblings.find(([where, which]) => where.test(at) && which.test(step))?.[2] ?? {};
}
