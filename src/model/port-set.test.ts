import { describe, expect, test } from '@jest/globals';
import { allPorts, formatPortSet, noPorts, type PortSet, portSetOf, portSets } from './port-set.ts';

const ssh = portSetOf('TCP', [{ first: 22, last: 22 }]);
const range = portSetOf('TCP', [{ first: 8000, last: 8100 }]);
const dns = portSetOf('UDP', [{ first: 53, last: 53 }]);
const everyTcp = portSetOf('TCP', [{ first: 1, last: 65_535 }]);

describe('a set of ports as text', () => {
  test.each<[string, PortSet]>([
    ['none', noPorts],
    ['all', allPorts],
    ['22', ssh],
    ['22, 8000-8100, 53/UDP', portSets.union(dns, portSets.union(range, ssh))],
    ['1-65535', everyTcp],
    ['1-65535/UDP, 1-65535/SCTP', portSets.difference(allPorts, everyTcp)],
    ['1-21, 23-65535, 1-65535/UDP, 1-65535/SCTP', portSets.difference(allPorts, ssh)],
  ])('is %s, which can be asked for', (text, ports) => {
    expect(formatPortSet(ports)).toBe(text);
  });

  test('is the same for the same ports, however they came together', () => {
    const halves = [
      portSetOf('TCP', [{ first: 1, last: 100 }]),
      portSetOf('TCP', [{ first: 101, last: 65_535 }]),
    ];
    expect(formatPortSet(portSets.union(...halves))).toBe(formatPortSet(everyTcp));
    expect(formatPortSet(portSets.union(portSets.difference(allPorts, ssh), ssh))).toBe('all');
  });
});
