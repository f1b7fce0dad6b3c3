import { describe, expect, test } from '@jest/globals';
import { allPorts, noPorts, portSetOf, portSets } from './port-set.ts';
import { formatPorts, portTexts } from './port-texts.ts';

const mongo = portSetOf('TCP', [{ first: 27_017, last: 27_017 }]);
const dns = portSets.union(mongo, portSetOf('UDP', [{ first: 53, last: 53 }]));

describe('ports', () => {
  test.each([
    [noPorts, 'no port', []],
    [allPorts, 'all ports', ['all']],
    [dns, '27017, 53/UDP', ['27017', '53/UDP']],
    [
      portSets.difference(allPorts, mongo),
      'all ports but 27017',
      ['1-27016', '27018-65535', '1-65535/UDP', '1-65535/SCTP'],
    ],
  ])('are said as shortly as they can be, and listed as they can be asked for', (ports, said, listed) => {
    expect(formatPorts(ports)).toBe(said);
    expect(portTexts(ports)).toEqual(listed);
  });
});
