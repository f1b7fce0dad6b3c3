import { expect, test } from '@jest/globals';
import { formatPortSet, portSetOf } from '../model/port-set.ts';
import type { ServiceFacts } from '../model/services.ts';
import type { PodFacts } from './facts.ts';
import { leadingToUndeclared, offeredPorts } from './offered-ports.ts';

const pod = (app: string, ports: PodFacts['ports'] = []): PodFacts => ({
  labels: { app },
  ports,
  addresses: [],
  hostNetwork: false,
});

const service = (
  name: string,
  ports: ServiceFacts['ports'],
  more: Partial<ServiceFacts> = {},
): ServiceFacts => ({
  namespace: 'shop',
  name,
  type: 'ClusterIP',
  headless: false,
  selector: { app: name },
  ports,
  ...more,
});

const tcp = (port: number, targetPort: number | string) => ({ port, protocol: 'TCP' as const, targetPort });

/** The offered ports of the workload `web`. */
function offered(web: PodFacts, ...services: readonly ServiceFacts[]): string | undefined {
  const workload = { kind: 'Deployment', namespace: 'shop', name: 'web', pods: [web] };
  const [set] = offeredPorts({ workloads: [workload], services }).values();
  return set && formatPortSet(set);
}

test('the ports that containers declare are offered', () => {
  const ports = [
    { name: 'http', protocol: 'TCP', number: 8080 },
    { protocol: 'UDP', number: 53 },
  ] as const;
  expect(offered(pod('web', ports))).toBe('8080, 53/UDP');
  expect(offered(pod('web'))).toBe('none');
});

test('the ports behind a Service are offered, whether a container declares them or not', () => {
  const http = [{ name: 'http', protocol: 'TCP', number: 8080 }] as const;
  expect(offered(pod('web'), service('web', [tcp(80, 3000)]))).toBe('3000');
  expect(offered(pod('web', http), service('web', [tcp(80, 'http')]))).toBe('8080');
  expect(offered(pod('web'), service('web', [tcp(80, 'nowhere')]))).toBe('none');
  expect(offered(pod('web'), service('web', [tcp(5432, 1)], { headless: true }))).toBe('5432');
});

test('a Service of other pods, or of another namespace, offers nothing', () => {
  expect(offered(pod('web'), service('api', [tcp(80, 3000)]))).toBe('none');
  expect(offered(pod('web'), service('web', [tcp(80, 3000)], { namespace: 'pay' }))).toBe('none');
});

test('a Service that leads to a port that no container declares is named, if they declare any', () => {
  const http = [{ name: 'http', protocol: 'TCP', number: 8080 }] as const;
  const services = [service('web', [tcp(80, 3000), tcp(81, 'http')])];
  const leading = (number: number, web: PodFacts) =>
    leadingToUndeclared(portSetOf('TCP', [{ first: number, last: number }]), [web], services)?.name;
  expect(leading(3000, pod('web', http))).toBe('web');
  expect(leading(8080, pod('web', http))).toBeUndefined();
  expect(leading(9090, pod('web', http))).toBeUndefined();
  expect(leading(3000, pod('web'))).toBeUndefined();
  expect(leading(3000, pod('api', http))).toBeUndefined();
});
