// What single policies mean, in sentences. Whole clusters are in test/analysis, everything at once in the properties.
import { describe, expect, test } from '@jest/globals';
import { formatPortSet } from '../model/port-set.ts';
import { parsePort } from '../model/ports.ts';
import { analyze } from './analysis.ts';
import { formatEndpoint } from './endpoints.ts';
import type { AnalysisInput, PodFacts, PolicyFacts, PolicySpec } from './facts.ts';

function pod(labels: PodFacts['labels'], more: Partial<PodFacts> = {}): PodFacts {
  return { labels, ports: [], addresses: [], hostNetwork: false, ...more };
}

function deployment(name: string, more: Partial<PodFacts> = {}) {
  return { namespace: 'shop', name, kind: 'Deployment', pods: [pod({ app: name }, more)] };
}

function policy(name: string, spec: PolicySpec): PolicyFacts {
  return { namespace: 'shop', name, spec };
}

function shop(policies: readonly PolicyFacts[], more: Partial<AnalysisInput> = {}): AnalysisInput {
  const namespaces = [{ name: 'shop', labels: {} }];
  const workloads = [deployment('api'), deployment('web')];
  return { namespaces, workloads, services: [], policies, ...more };
}

/** As in `shop/web -> shop/api: 80`. */
function told(input: AnalysisInput): readonly string[] {
  return [...analyze(input).connections()].map(
    ({ from, to, ports }) => `${formatEndpoint(from)} -> ${formatEndpoint(to)}: ${formatPortSet(ports)}`,
  );
}

function asked(port: string) {
  const parsed = parsePort(port);
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

const api = { workload: { namespace: 'shop', name: 'api', kind: 'Deployment' } };
const web = { workload: { namespace: 'shop', name: 'web', kind: 'Deployment' } };

describe('the connections', () => {
  test('are all where there is no policy', () => {
    expect(told(shop([]))).toEqual([
      'shop/api -> shop/api: all',
      'shop/api -> shop/web: all',
      'shop/api -> 0.0.0.0/0: all',
      'shop/api -> ::/0: all',
      'shop/web -> shop/api: all',
      'shop/web -> shop/web: all',
      'shop/web -> 0.0.0.0/0: all',
      'shop/web -> ::/0: all',
      '0.0.0.0/0 -> shop/api: all',
      '0.0.0.0/0 -> shop/web: all',
      '::/0 -> shop/api: all',
      '::/0 -> shop/web: all',
    ]);
  });

  test('are split into ranges if policies differ on parts of a CIDR', () => {
    const denied = policy('deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    const allowed = policy('allow', {
      podSelector: { matchLabels: { app: 'web' } },
      policyTypes: ['Egress'],
      egress: [
        { to: [{ ipBlock: { cidr: '10.0.0.0/8' } }], ports: [{ port: 443 }] },
        { to: [{ ipBlock: { cidr: '10.1.0.0/16' } }], ports: [{ port: 80 }] },
      ],
    });
    expect(told(shop([denied, allowed]))).toEqual([
      'shop/web -> 10.0.0.0/8 except 10.1.0.0/16: 443',
      'shop/web -> 10.1.0.0/16: 80, 443',
    ]);
  });
});

describe('an explanation', () => {
  test('names the rules that allow, and the policies that isolate', () => {
    const allow = policy('api', {
      podSelector: { matchLabels: { app: 'api' } },
      ingress: [
        {
          from: [{ podSelector: { matchLabels: { app: 'web' } } }],
          ports: [{ port: 8080 }, { port: 'dns', protocol: 'UDP' }],
        },
      ],
    });
    const deny = policy('deny', { podSelector: {} });
    const [explained] = analyze(shop([deny, allow])).explain(web, api, asked('8080'));
    expect(explained).toMatchObject({
      allowed: true,
      egress: { standing: 'Open', allows: true },
      ingress: {
        standing: 'Isolated',
        allows: true,
        rules: [{ policy: { name: 'api' }, rule: 0, allows: true }],
        policies: [{ name: 'api' }, { name: 'deny' }],
      },
    });
    const [denied] = analyze(shop([deny, allow])).explain(api, web, asked('8080'));
    expect(denied).toMatchObject({ allowed: false, ingress: { rules: [], policies: [{ name: 'deny' }] } });
  });
});
