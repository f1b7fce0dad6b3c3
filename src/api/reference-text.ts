// The words of the reference about one schema node: its type, its bounds, its constraints, an example.
// Must not know the layout of a page.
import type { DocumentedSchema } from './structural.ts';

/** The type of a field with its bounds, as in `list of 1 to 50: [port](#port)`. */
export function typeText(node: DocumentedSchema): string {
  if (node.title) return `[${node.title}](#${node.title.replaceAll(' ', '-')})`;
  if (node.enum) return `one of ${node.enum.map((value) => `\`${value}\``).join(', ')}`;
  if (node.items) return listText(node, node.items);
  if (node.additionalProperties) return `map of at most ${node.maxProperties} strings`;
  if (node.format === 'date-time') return 'time (RFC 3339)';
  if (node.type === 'string') return `string${span(node.minLength, node.maxLength, 'characters')}`;
  if (node.type === 'integer') return `integer${span(node.minimum, node.maximum, '')}`;
  return node.type ?? 'any';
}

/** What a value must keep beyond its type, one sentence each. */
export function limitTexts(node: DocumentedSchema): readonly string[] {
  const rules = (node['x-kubernetes-validations'] ?? []).map((rule) => rule.message);
  const own = node.syntax === undefined ? rules : [node.syntax, ...rules];
  const items = node.items && !node.items.properties && !node.items.title ? limitTexts(node.items) : [];
  return [
    ...own.map(sentence),
    ...items.map((limit) => `Each ${limit.slice(0, 1).toLowerCase()}${limit.slice(1)}`),
  ];
}

/** A value on one line, as YAML in flow style. */
export function inlineYaml(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inlineYaml).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(
      ([name, member]) => `${inlineYaml(name)}: ${inlineYaml(member)}`,
    );
    return `{${members.join(', ')}}`;
  }
  if (typeof value !== 'string') return String(value);
  const isPlain = /^[A-Za-z][\w./-]*$/.test(value) && !/^(true|false|null|yes|no|on|off)$/i.test(value);
  return isPlain ? value : JSON.stringify(value);
}

/** The first value in `example` at a path like `spec.routes[].name`. */
export function exampleAt(example: unknown, path: string): unknown {
  const steps = path.replaceAll('[]', '.[]').split('.');
  const found = steps.reduce<readonly unknown[]>(
    (values, step) => values.flatMap((value) => below(value, step)),
    [example],
  );
  return found[0];
}

function below(value: unknown, step: string): readonly unknown[] {
  if (step === '[]') return Array.isArray(value) ? value : [];
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return [];
  return [(value as Readonly<Record<string, unknown>>)[step]];
}

function listText(node: DocumentedSchema, items: DocumentedSchema): string {
  const count =
    node.minItems === undefined ? `at most ${node.maxItems}` : `${node.minItems} to ${node.maxItems}`;
  const unique = node['x-kubernetes-list-type'] === 'set' ? ' without repetition' : '';
  const [key] = node['x-kubernetes-list-map-keys'] ?? [];
  return `list of ${count}${unique}${key === undefined ? '' : `, each with its own \`${key}\``}: ${typeText(items)}`;
}

function span(min: number | undefined, max: number | undefined, unit: string): string {
  if (max === undefined) return min === undefined ? '' : ` from ${min}`;
  return ` of ${min === undefined ? `at most ${max}` : `${min} to ${max}`} ${unit}`.trimEnd();
}

function sentence(message: string): string {
  return `${message.slice(0, 1).toUpperCase()}${message.slice(1)}.`;
}
