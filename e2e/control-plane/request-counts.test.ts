// Reading Prometheus text: the witness for "nothing is written" must not overlook a line.
import { describe, expect, test } from '@jest/globals';
import { countsSince, requestCounts, writeVerbs } from './request-counts.ts';

const line = (labels: Record<string, string>, count: number): string => {
  const text = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
  return `apiserver_request_total{${text.join(',')}} ${count}`;
};

const policies = { group: 'networking.k8s.io', resource: 'networkpolicies', subresource: '' };

describe('the counted requests', () => {
  test('add up the lines that differ only in what is not kept', () => {
    const metrics = [
      '# TYPE apiserver_request_total counter',
      line({ code: '201', component: 'apiserver', dry_run: '', ...policies, verb: 'POST', version: 'v1' }, 3),
      line(
        { code: '201', component: 'apiserver', dry_run: 'All', ...policies, verb: 'POST', version: 'v1' },
        2,
      ),
      line({ code: '409', component: 'apiserver', dry_run: '', ...policies, verb: 'POST', version: 'v1' }, 1),
      'apiserver_request_total_other{verb="POST"} 7',
    ].join('\n');
    expect(requestCounts(metrics)).toEqual([
      { verb: 'POST', ...policies, code: '201', count: 5 },
      { verb: 'POST', ...policies, code: '409', count: 1 },
    ]);
  });

  test('are filtered by one value or by any of several', () => {
    const metrics = ['GET', 'WATCH', 'APPLY', 'PUT']
      .map((verb) => line({ code: '200', ...policies, verb }, 1e6))
      .join('\n');
    const verbs = (filter: Parameters<typeof requestCounts>[1]) =>
      requestCounts(metrics, filter).map(({ verb, count }) => `${verb} ${count}`);
    expect(verbs({ verb: writeVerbs })).toEqual(['APPLY 1000000', 'PUT 1000000']);
    expect(verbs({ verb: 'WATCH', resource: 'networkpolicies' })).toEqual(['WATCH 1000000']);
    expect(verbs({ resource: 'namespaces' })).toEqual([]);
  });

  test('survive values with quotes, commas and braces', () => {
    const metrics = 'apiserver_request_total{resource="a\\"b,c}d",verb="GET"} 1.5e+03';
    expect(requestCounts(metrics)).toMatchObject([{ resource: 'a\\"b,c}d', verb: 'GET', count: 1500 }]);
  });

  test('between two readings are the differences, also of what was not there before', () => {
    const read = (...counts: readonly (readonly [string, number])[]) =>
      requestCounts(
        counts.map(([verb, count]) => line({ code: '200', ...policies, verb }, count)).join('\n'),
      );
    const since = countsSince(read(['GET', 5], ['PUT', 7]), read(['GET', 5], ['PUT', 9], ['POST', 1]));
    expect(since.map(({ verb, count }) => `${verb} ${count}`)).toEqual(['PUT 2', 'POST 1']);
  });
});
