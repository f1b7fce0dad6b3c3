import { describe, expect, test } from '@jest/globals';
import type { LabelSelector } from '../model/selectors.ts';
import { podsThatChange } from './changing-pods.ts';

const isolating = (podSelector: LabelSelector) => ({ isolates: ['Egress'] as const, podSelector });
const labelled = (count: number) =>
  Array.from({ length: count }, (_, at) => isolating({ matchLabels: { [`app-${at}`]: 'web' } }));
const ring = isolating({});

describe('the pods that are kept open while a namespace is closed', () => {
  test('are those that nothing else isolates, also if many policies isolate them', () => {
    const { selectors, isPartial } = podsThatChange(labelled(100), [...labelled(100), ring], 'Egress');
    expect(isPartial).toBe(false);
    expect(selectors).toHaveLength(1);
    expect(selectors[0]?.matchExpressions).toHaveLength(100);
  });

  // Worked out in full, each of these would keep the operator from everything else for hours.
  test.each([
    ['policies', labelled(2_000)],
    [
      'requirements in one policy',
      [
        isolating({
          matchExpressions: Array.from({ length: 30_000 }, (_, at) => ({
            key: `k${at}`,
            operator: 'Exists',
          })),
        }),
      ],
    ],
    [
      'values in one policy',
      [
        isolating({
          matchExpressions: [
            { key: 'app', operator: 'In', values: Array.from({ length: 30_000 }, (_, at) => `v${at}`) },
          ],
        }),
      ],
    ],
  ] as const)(
    'are none if others have too many %s to look into, and then it is known that some are left out',
    (_, foreign) => {
      expect(podsThatChange(foreign, [...foreign, ring], 'Egress')).toEqual({
        selectors: [],
        isPartial: true,
      });
      expect(podsThatChange([...foreign, ring], foreign, 'Egress')).toEqual({
        selectors: [],
        isPartial: true,
      });
    },
  );
});
