// Whether the stored policies of the canary are those that it was installed with: whoever changes one changes what is tried. Only the
// policy that lets clients reach the API server may differ, since its ports do. Must not know what follows from a change.
import * as z from 'zod';
import { canaryNamespace } from '../model/canary-namespace.ts';
import { fingerprint } from '../model/network-policy.ts';
import { compareText } from '../model/object-key.ts';
import { apiServerPolicy, canaryPolicies } from './canary-objects.ts';
import { triedPorts } from './canary-table.ts';
import { markerName } from './marker.ts';

/** The name and the spec of a stored NetworkPolicy. Anybody may have written anything. */
export interface NamedSpec {
  readonly name: string;
  readonly spec: unknown;
}

/** What is not as it was installed, for people; `undefined` if all is. The operator itself puts the marker right. */
export function changesAmong(all: readonly NamedSpec[]): string | undefined {
  const stored = new Map(all.map(({ name, spec }) => [name, spec]));
  stored.delete(markerName);
  const expected = canaryPolicies.map(({ metadata }) => metadata.name);
  const more = [...stored.keys()].filter((name) => !expected.includes(name)).sort(compareText);
  const missing = expected.find((name) => !stored.has(name));
  const where = `\`${canaryNamespace}\``;
  if (more[0] !== undefined)
    return `the policy \`${more[0]}\` in ${where} does not belong to the canary and changes what it tests: delete it`;
  if (missing !== undefined)
    return `the policy \`${missing}\` in ${where} is missing: apply \`config/canary\` again`;
  for (const { metadata, spec } of canaryPolicies) {
    const { name } = metadata;
    const why =
      name === apiServerPolicy
        ? harmIn(stored.get(name), spec)
        : editIn(fingerprint(stored.get(name)), fingerprint(spec));
    if (why !== undefined) return `the policy \`${name}\` in ${where} ${why}`;
  }
  return undefined;
}

const edited = 'was edited: apply `config/canary` again';

function editIn(stored: string, expected: string): string | undefined {
  return stored === expected ? undefined : edited;
}

const port = z.looseObject({
  protocol: z.string(),
  port: z.union([z.int(), z.string()]).optional(),
  endPort: z.int().optional(),
});
const rules = z.array(z.looseObject({ ports: z.array(port).optional() })).default([]);

/** How this version of the policy for the API server differs in more than its rules, or what of the canary's own ports it opens. */
function harmIn(stored: unknown, expected: object): string | undefined {
  const withoutRules = (spec: unknown) => fingerprint({ ...(spec as object), egress: undefined });
  if (withoutRules(stored) !== withoutRules(expected)) return edited;
  const read = rulesOf(stored);
  if (read === undefined) return edited;
  const tried = triedPorts.find((number) => isOpened(read, number));
  return tried === undefined
    ? undefined
    : `opens port ${tried}, on which the canary tries other rules: allow only the ports of the API server`;
}

function rulesOf(spec: unknown): z.output<typeof rules> | undefined {
  return rules.safeParse((spec as { readonly egress?: unknown } | undefined)?.egress).data;
}

function isOpened(read: z.output<typeof rules>, number: number): boolean {
  return read.some(({ ports }) => ports === undefined || ports.some((each) => opens(each, number)));
}

/** Nobody knows whose number a name is. */
function opens({ protocol, port: first, endPort }: z.output<typeof port>, number: number): boolean {
  if (protocol !== 'TCP') return false;
  if (typeof first !== 'number') return true;
  return first <= number && number <= (endPort ?? first);
}

/** The TCP ports of these that the policy for the API server does not open, wherever they lead. */
export function portsNotOpened(spec: unknown, ports: readonly number[]): readonly number[] {
  const read = rulesOf(spec) ?? [];
  return [...new Set(ports)].filter((number) => !isOpened(read, number)).sort((a, b) => a - b);
}
