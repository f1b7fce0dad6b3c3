// The agreement suite against zod: the same table that e2e/install/agreement.test.ts asks a real API server.
import { describe, expect, test } from '@jest/globals';
import { customResourceDefinition } from '../../src/api/crd.ts';
import { customResources } from '../../src/api/custom-resources.ts';
import {
  decodeAppNetworkProfile,
  decodeNetworkPause,
  decodePlatformNetworkProfile,
} from '../../src/api/decode.ts';
import type { StructuralSchema } from '../../src/api/structural.ts';
import { type ValidationRule, validations } from '../../src/routes/schema/constraint.ts';
import { type AgreementCase, objectOf } from './agreement-case.ts';
import { accepted, refused } from './cases.ts';

const decoders = {
  AppNetworkProfile: decodeAppNetworkProfile,
  PlatformNetworkProfile: decodePlatformNetworkProfile,
  NetworkPause: decodeNetworkPause,
};

/** What zod says against an object, problem by problem. */
function problemsOf(one: AgreementCase) {
  const decoded = decode(one);
  return decoded.ok ? [] : decoded.error;
}

function decode(one: AgreementCase) {
  return decoders[one.kind]({ ...objectOf(one), ...(one.status ? { status: one.status } : {}) });
}

function rulesIn(schema: StructuralSchema): readonly ValidationRule[] {
  const { properties = {}, items, additionalProperties } = schema;
  const inner = [
    ...Object.values(properties),
    ...[items, additionalProperties].filter((node) => node !== undefined),
  ];
  return [...(schema[validations] ?? []), ...inner.flatMap(rulesIn)];
}

describe('zod', () => {
  test.each(accepted)('$kind: $title', (one) => {
    expect(decode(one)).toMatchObject({ ok: true });
  });

  test.each(refused)('$kind: $title', (one) => {
    const problems = problemsOf(one);
    expect(problems.map(({ path }) => path)).toContain(one.refused.path);
    expect(problems.find(({ path }) => path === one.refused.path)?.message).toContain(one.refused.says);
  });

  test('never says a sentence: no capital at the start, no full stop at the end', () => {
    const messages = refused.flatMap(problemsOf).map(({ message }) => message);
    expect(messages.filter((message) => /^[A-Z]|[.]$/.test(message))).toEqual([]);
  });
});

describe('the agreement suite', () => {
  test('breaks every CEL rule that does not need the object as it was before', () => {
    const said = refused.flatMap(problemsOf).map(({ message }) => message);
    const unbroken = customResources
      .flatMap((resource) => customResourceDefinition(resource).spec.versions)
      .flatMap((version) => rulesIn(version.schema.openAPIV3Schema))
      .filter(
        ({ rule, message }) => !rule.includes('oldSelf') && !said.some((text) => text.startsWith(message)),
      );
    expect(unbroken).toEqual([]);
  });

  test('has no two cases of one title', () => {
    const titles = [...accepted, ...refused].map(({ kind, title }) => `${kind}: ${title}`);
    expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([]);
  });
});
