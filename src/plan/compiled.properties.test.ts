// What is compiled and written is seen again as what is wanted: two compiles make one plan.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { platformOwner, written } from '../../test/fixtures.ts';
import { runs } from '../../test/property-runs.ts';
import { cluster, viewOf } from '../../test/random-cluster.ts';
import { compile } from '../compile/compile.ts';
import { desiredState, plan } from './plan.ts';

describe('compiled policies', () => {
  test('leave nothing to plan once they are written', () => {
    fc.assert(
      fc.property(cluster, (given) => {
        const before = compile(viewOf(given)).policies;
        for (const compiled of compile(viewOf(given)).namespaces) {
          const { namespace } = compiled;
          const owned = before.filter((policy) => policy.namespace === namespace);
          const { phases, findings } = plan({
            namespace,
            ...desiredState(compiled),
            actual: { owned: owned.map((policy) => written(policy)), foreign: [] },
            transitionOwner: platformOwner,
            keptIsolated: [],
          });
          expect([phases, findings]).toEqual([[], []]);
        }
      }),
      runs(100),
    );
  });
});
