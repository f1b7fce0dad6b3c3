// Every bound and every syntax, derived: each field of the examples in turn is made one too long, one too many, or nonsense.
// Must not know any field; what only relates fields to each other has its cases by hand.
import { customResourceDefinition } from '../../src/api/crd.ts';
import { customResources } from '../../src/api/custom-resources.ts';
import {
  appNetworkProfileExample,
  networkPauseExample,
  platformNetworkProfileExample,
} from '../../src/api/examples.ts';
import type { StructuralSchema } from '../../src/api/structural.ts';
import type { AgreementCase, Refusal } from './agreement-case.ts';

type Step = string | number;
type Example =
  | typeof appNetworkProfileExample
  | typeof platformNetworkProfileExample
  | typeof networkPauseExample;

/** Nothing in a resource may have these characters. */
const nonsense = '-!\n';

/** A value in an example and the schema of its field. */
interface Place {
  readonly steps: readonly Step[];
  readonly value: unknown;
  readonly schema: StructuralSchema;
}

/** One way to break a field: what to write there, and what both must say. */
interface Breach {
  readonly how: string;
  readonly value: unknown;
  readonly refused: Omit<Refusal, 'path'>;
}

/** A value and, below it, every value that its schema has a field for. */
function placesIn({ steps, value, schema }: Place): readonly Place[] {
  const members = Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
    const inner = (value as Readonly<Record<string, unknown>>)[name];
    return inner === undefined ? [] : placesIn({ steps: [...steps, name], value: inner, schema: member });
  });
  const { items } = schema;
  const list = items && Array.isArray(value) ? value : [];
  const elements = list.flatMap((one, index) =>
    items ? placesIn({ steps: [...steps, index], value: one, schema: items }) : [],
  );
  return [{ steps, value, schema }, ...members, ...elements];
}

function breachesOf({ value, schema }: Place): readonly Breach[] {
  const { maxLength, maxItems, pattern } = schema;
  const [rule] = schema['x-kubernetes-validations'] ?? [];
  const breaches: Breach[] = [];
  if (maxLength !== undefined) {
    const says = schema['x-kubernetes-int-or-string']
      ? 'must have at most 15'
      : `must have at most ${maxLength}`;
    breaches.push({
      how: 'too long',
      value: 'a'.repeat(maxLength + 1),
      refused: { says, serverSays: 'Too long' },
    });
  }
  if (maxItems !== undefined && Array.isArray(value)) {
    const many = Array.from({ length: maxItems + 1 }, () => value[0]);
    breaches.push({ how: 'too many', value: many, refused: { says: `must have at most ${maxItems} items` } });
  }
  if (pattern !== undefined) {
    breaches.push({
      how: 'nonsense',
      value: nonsense,
      refused: { says: 'must be', serverSays: 'should match' },
    });
  } else if (rule && typeof value === 'string') {
    breaches.push({ how: 'nonsense', value: nonsense, refused: { says: rule.message } });
  }
  if (schema.enum)
    breaches.push({
      how: 'nonsense',
      value: nonsense,
      refused: { says: 'must be `', serverSays: 'supported values' },
    });
  return breaches;
}

function changed(value: unknown, steps: readonly Step[], replacement: unknown): unknown {
  const [step, ...rest] = steps;
  if (step === undefined) return replacement;
  if (Array.isArray(value)) return value.with(Number(step), changed(value[Number(step)], rest, replacement));
  const object = value as Readonly<Record<string, unknown>>;
  return { ...object, [step]: changed(object[step], rest, replacement) };
}

function pathOf(steps: readonly Step[]): string {
  return steps
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .slice(1);
}

function casesOf(example: Example): readonly AgreementCase[] {
  const { kind, metadata } = example;
  const resource = customResources.find((one) => one.kind === kind);
  const [version] = resource ? customResourceDefinition(resource).spec.versions : [];
  const { spec, status } = version?.schema.openAPIV3Schema.properties ?? {};
  if (!spec || !status) throw new Error(`${kind} has no schema`);
  const places = [
    ...placesIn({ steps: ['spec'], value: example.spec, schema: spec }),
    ...placesIn({ steps: ['status'], value: example.status, schema: status }),
  ];
  return places.flatMap((place) =>
    breachesOf(place).map(({ how, value, refused }): AgreementCase => {
      const path = pathOf(place.steps);
      const broken = changed(example, place.steps, value) as {
        readonly spec: unknown;
        readonly status: unknown;
      };
      const aboutStatus = path.startsWith('status');
      return {
        title: `${path} is refused: ${how}`,
        kind,
        name: metadata.name,
        spec: broken.spec,
        ...(aboutStatus ? { status: broken.status } : {}),
        refused: { path, ...refused },
      };
    }),
  );
}

/** A case for every bound and every syntax of every field that the examples have. */
export const boundCases: readonly AgreementCase[] = [
  appNetworkProfileExample,
  platformNetworkProfileExample,
  networkPauseExample,
].flatMap(casesOf);
