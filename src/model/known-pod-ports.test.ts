import { describe, expect, test } from '@jest/globals';
import { type PodPorts, portCoverAt } from './known-pod-ports.ts';
import type { PolicyPort } from './network-policy.ts';

const tcp = (port: number | string): PolicyPort => ({ protocol: 'TCP', port });
const pod = (ports: Readonly<Record<string, number>>, app = 'web'): PodPorts => ({
  labels: { app },
  ports: Object.entries(ports).map(([name, number]) => ({ name, number, protocol: 'TCP' })),
});

/** Whether http contains 8080, and 8080 http, at these pods: for sure, perhaps, or not. */
function verdicts(pods: readonly PodPorts[] | undefined): readonly string[] {
  const { contain, mayContain } = portCoverAt(pods, { matchLabels: { app: 'web' } });
  return [
    [tcp('http'), tcp(8080)],
    [tcp(8080), tcp('http')],
  ].map(([outer, inner]) => {
    const [both, one] = [[outer ?? tcp(1)], [inner ?? tcp(1)]];
    return contain(both, one) ? 'yes' : mayContain(both, one) ? 'perhaps' : 'no';
  });
}

describe('whether a name and a number are the same port', () => {
  test.each<[string, readonly PodPorts[] | undefined, string]>([
    ['is unknown without pods', undefined, 'perhaps'],
    ['is unknown where no pod is meant', [pod({ http: 8080 }, 'api')], 'perhaps'],
    ['is unknown at pods that declare neither', [pod({ metrics: 9090 })], 'perhaps'],
    ['holds at pods where the name is the number', [pod({ http: 8080 }), pod({ metrics: 9090 })], 'yes'],
    ['fails at pods where the name is another number', [pod({ http: 3000 })], 'no'],
    ['depends on pods that disagree', [pod({ http: 8080 }), pod({ http: 3000, admin: 8080 })], 'perhaps'],
  ])('%s', (_, pods, verdict) => {
    expect(verdicts(pods)).toEqual([verdict, verdict]);
  });

  test('is decided for each port at the pods that declare it', () => {
    const pods = [pod({ http: 8080 }), pod({ metrics: 9090 })];
    const { contain, mayContain } = portCoverAt(pods);
    expect(contain([tcp('http'), tcp('metrics')], [tcp(8080), tcp(9090)])).toBe(true);
    expect(mayContain([tcp('http'), tcp('metrics')], [tcp(8080), tcp(9091)])).toBe(false);
  });

  test('counts only ports of the same protocol', () => {
    const { contain, mayContain } = portCoverAt([pod({ http: 8080 })]);
    expect(contain([tcp('http')], [{ protocol: 'UDP', port: 8080 }])).toBe(false);
    expect(mayContain([tcp('http')], [{ protocol: 'UDP', port: 8080 }])).toBe(false);
  });
});
