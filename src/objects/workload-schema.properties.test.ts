// What is accepted without zod is what zod accepts, and returns as it is.
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { envelope, isEnvelope } from './workload-schema.ts';

const word = fc.constantFrom('web', '');
const anyValue = fc.constantFrom('web', '', 1, true, [], {}, null, ['web'], { app: 'web' }, { app: 1 });
/** Mostly right, so that one wrong member is often the only one. */
const mostly = (right: fc.Arbitrary<unknown>) => fc.oneof({ weight: 9, arbitrary: right }, anyValue);
const labels = mostly(fc.dictionary(fc.constantFrom('app', 'tier'), word));

const owner = fc.record(
  { kind: mostly(word), name: mostly(word), uid: mostly(word), controller: mostly(fc.boolean()) },
  { requiredKeys: [] },
);

const anyObject = fc.record(
  {
    apiVersion: mostly(word),
    kind: mostly(word),
    metadata: mostly(
      fc.record(
        {
          ...{ name: mostly(word), generateName: mostly(word), namespace: mostly(word) },
          ...{ labels, annotations: labels, ownerReferences: mostly(fc.array(mostly(owner))) },
          finalizers: fc.constant(['kept']),
        },
        { requiredKeys: [] },
      ),
    ),
    spec: anyValue,
  },
  { requiredKeys: [] },
);

test('an object that is accepted without zod is one that zod accepts and does not change', () => {
  let accepted = 0;
  fc.assert(
    fc.property(fc.oneof(anyObject, anyValue), (object) => {
      if (!isEnvelope(object)) return;
      accepted += 1;
      expect(envelope.parse(object)).toEqual(object);
    }),
    { numRuns: 2_000 },
  );
  expect(accepted).toBeGreaterThan(0);
});
