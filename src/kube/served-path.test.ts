import { describe, expect, test } from '@jest/globals';
import { apiVersionOf, ServedPath } from './served-path.ts';

const tls = {
  path: '/apis/g.example/v1/tls',
  olderPaths: ['/apis/g.example/v3/tls', '/apis/g.example/v2/tls'],
};
const version = (served: ServedPath) => /v\d/.exec(served.current)?.[0];

describe('the path at which a kind is served', () => {
  test('is that of the newest version that the server knows', () => {
    const served = new ServedPath(tls);
    expect(version(served)).toBe('v1');
    expect(served.miss()).toBe(true);
    expect(version(served)).toBe('v3');
    served.found();
    expect(version(served)).toBe('v3');
  });

  test('is looked for in every version once, from the one that was known last, before there is no such kind', () => {
    const served = new ServedPath(tls);
    served.miss();
    served.miss();
    served.found();
    expect(version(served)).toBe('v2');
    expect([served.miss(), version(served)]).toEqual([true, 'v1']);
    expect([served.miss(), version(served)]).toEqual([true, 'v3']);
    expect([served.miss(), version(served)]).toEqual([false, 'v1']);
    expect([served.miss(), version(served)]).toEqual([true, 'v3']);
  });

  test('is looked for in every version again after a doubt', () => {
    const served = new ServedPath(tls);
    served.miss();
    served.miss();
    served.doubt();
    expect([served.miss(), version(served)]).toEqual([true, 'v1']);
    expect([served.miss(), version(served)]).toEqual([true, 'v3']);
    expect(served.miss()).toBe(false);
  });

  test('of a kind with one version is that one or none', () => {
    const served = new ServedPath({ path: '/api/v1/nodes' });
    expect(served.miss()).toBe(false);
    expect(served.current).toBe('/api/v1/nodes');
  });

  test('tells the version of the API', () => {
    expect(apiVersionOf('/api/v1/pods')).toBe('v1');
    expect(apiVersionOf('/apis/apps/v1/deployments')).toBe('apps/v1');
    expect(apiVersionOf(tls.path)).toBe('g.example/v1');
    expect(apiVersionOf('/api/v1/namespaces/kube-system/configmaps')).toBe('v1');
  });
});
