import { expect, test } from '@jest/globals';
import { capabilityRows } from './capability-rows.ts';
import type { CanaryCheck, CanaryReport } from './report.ts';

const reporting = (more: Partial<CanaryReport>): CanaryReport => ({
  version: 1,
  number: 1,
  checks: [],
  capabilities: {},
  ...more,
});

const rowsOf = (...reports: readonly CanaryReport[]) =>
  Object.fromEntries(capabilityRows(reports).map(({ name, value, why }) => [name, why ?? value]));

const overIpv6 = (outcome: CanaryCheck['outcome'], confirmed: boolean) =>
  reporting({ checks: [{ direction: 'Ingress', family: 'IPv6', node: 'n1', outcome, confirmed }] });

test('a row has what all clients agree on', () => {
  const yes = reporting({ capabilities: { EndPort: 'Yes', Denial: 'Refused' } });
  expect(rowsOf(yes, reporting({}), yes)).toMatchObject({ EndPort: 'Yes', Denial: 'Refused' });
});

test('a row is unknown for a reason', () => {
  const [yes, no] = (['Yes', 'No'] as const).map((NamedPort) => reporting({ capabilities: { NamedPort } }));
  if (yes === undefined || no === undefined) throw new Error('nobody reports');
  expect(rowsOf(yes, no, yes)).toMatchObject({
    NamedPort: 'nodes differ: No on 1, Yes on 2',
    EndPort: 'it has not been tried yet, or nothing followed from it',
    SCTP: 'the canary cannot speak SCTP',
  });
});

test('IPv6 is enforced where denials held and no denied connection was made', () => {
  expect(rowsOf(reporting({})).IPv6).toBe('no listener with an IPv6 address has been tried');
  expect(rowsOf(overIpv6('unproven', false)).IPv6).toBe('nothing follows from 1 try so far');
  expect(rowsOf(overIpv6('holds', true)).IPv6).toBe('Yes');
  expect(rowsOf(overIpv6('holds', true), overIpv6('open', true)).IPv6).toBe('No');
});
