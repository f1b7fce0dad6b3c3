import { describe, expect, test } from '@jest/globals';
import { formatPortSet } from '../model/port-set.ts';
import type { ServiceFacts } from '../model/services.ts';
import { analyze } from './analysis.ts';
import { formatEndpoint } from './endpoints.ts';
import type { AnalysisInput, PodFacts } from './facts.ts';

const http = { name: 'http', protocol: 'TCP', number: 8080 } as const;

function pod(name: string, labels: PodFacts['labels'], ports: PodFacts['ports'] = [http]): PodFacts {
  return { name, labels, ports, addresses: [], hostNetwork: false };
}

const web = { app: 'web' };
const input: AnalysisInput = {
  namespaces: [],
  policies: [],
  services: [],
  workloads: [
    {
      namespace: 'shop',
      name: 'new',
      kind: 'Deployment',
      pods: [pod('new-a', web, [{ ...http, number: 9090 }])],
    },
    { namespace: 'shop', name: 'old', kind: 'Deployment', pods: [pod('old-a', web), pod('old-b', web, [])] },
    { namespace: 'shop', name: 'db', kind: 'StatefulSet', pods: [pod('db-0', { app: 'db' })] },
    { namespace: 'pay', name: 'web', kind: 'Deployment', pods: [pod('web-a', web)] },
  ],
};

function service(more: Partial<ServiceFacts>): ServiceFacts {
  const ports = [{ port: 80, protocol: 'TCP', targetPort: 'http' }] as const;
  const identity = { namespace: 'shop', name: 'web', type: 'ClusterIP', headless: false } as const;
  return { ...identity, selector: web, ports, ...more };
}

/** As in `80: shop/web at 8080`. */
function told(given: ServiceFacts): readonly string[] {
  const targets = analyze(input).serviceTargets(given);
  if (!targets.ok) return [targets.error];
  return targets.value.flatMap(({ port, ends, without }) => [
    ...ends.map(({ end, ports }) => `${port.port}: ${formatEndpoint(end)} at ${formatPortSet(ports)}`),
    ...without.map((end) => `${port.port}: not ${formatEndpoint(end)}`),
  ]);
}

describe('a Service', () => {
  test('leads to the port that each pod has under the name, and leaves out those that have none', () => {
    expect(told(service({}))).toEqual([
      '80: shop/new at 9090',
      '80: shop/old (old-a) at 8080',
      '80: not shop/old (old-b)',
    ]);
  });

  test('leads to a number whether or not a container declares it', () => {
    const ports = [{ port: 53, protocol: 'UDP', targetPort: 5353 }] as const;
    expect(told(service({ ports, selector: { app: 'db' } }))).toEqual(['53: shop/db at 5353/UDP']);
  });

  test('without a cluster IP leads to its own port, since nothing translates it', () => {
    expect(told(service({ headless: true, selector: { app: 'db' } }))).toEqual(['80: shop/db at 80']);
  });

  test('of another name, or whose endpoints somebody else writes, leads to no pods', () => {
    expect(told(service({ type: 'ExternalName' }))).toEqual(['ExternalName']);
    const { selector: _, ...unselective } = service({});
    expect(told(unselective)).toEqual(['NoSelector']);
  });

  test('that selects no pods leads nowhere', () => {
    expect(told(service({ selector: { app: 'gone' } }))).toEqual([]);
  });
});
