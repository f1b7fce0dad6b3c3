import { expect, test } from '@jest/globals';
import { readRange } from './endpoints.ts';
import type { AnalysisInput } from './facts.ts';
import { podAddresses } from './pod-addresses.ts';

const service = { namespace: 'dns', name: 'dns', clusterIPs: ['10.96.0.10', 'fd00::a'] };

/** Whether pods may be in a block, of those in the list. */
function held(input: Partial<AnalysisInput>, ...blocks: readonly string[]): readonly string[] {
  const mayHoldPods = podAddresses({ namespaces: [], workloads: [], services: [], policies: [], ...input });
  return blocks.filter((text) => {
    const [cidr = '', ...except] = text.split(' ');
    return mayHoldPods({ cidr, range: readRange(cidr), except: except.map(readRange) });
  });
}

test('pods may be anywhere that nobody knows to be something else', () => {
  const services = [{ ...service, ports: [] }] as unknown as AnalysisInput['services'];
  expect(held({}, '10.96.0.10/32')).toEqual(['10.96.0.10/32']);
  expect(held({ services }, '10.96.0.10/32', 'fd00::a/128', '10.96.0.8/29')).toEqual(['10.96.0.8/29']);
  const ranges = { services: ['10.96.0.0/16'] };
  expect(held({ ranges }, '10.96.0.10/32', '10.96.0.0/16', '10.0.0.0/8')).toEqual(['10.0.0.0/8']);
  expect(held({ ranges }, '10.96.0.0/15 10.97.0.0/16', '10.96.0.0/15')).toEqual(['10.96.0.0/15']);
});

test('where the ranges of pods are known, pods are in these', () => {
  const ranges = { pods: ['10.244.0.0/16'] };
  expect(held({ ranges }, '10.244.3.4/32', '203.0.113.0/24', '0.0.0.0/0', 'fd00::/8')).toEqual([
    '10.244.3.4/32',
    '0.0.0.0/0',
  ]);
  expect(held({ ranges }, '10.0.0.0/8 10.244.0.0/16')).toEqual([]);
});
