// Ports: numbers, ranges and names, with and without a protocol, and the list of them.
import { type AgreementCase, cases, type Refusal, routeCase, times } from './agreement-case.ts';
import { hasTooManyItems, isEmptyList, isOfAnotherType, isUnknown } from './refusals.ts';

const at = 'spec.routes[0].ports';
const ports = (title: string, list: unknown, refused?: Refusal) => routeCase(title, { ports: list }, refused);
const syntax =
  'must be a port number from 1 to 65535, a range like `8000-8100`, or a port name like `metrics`';

const good = [
  ...[1, 27017, 65535, '8080', '1', '65535', '8000-8100', '1-65535', '80-80', '9-10', '99-100', '8000-8001'],
  ...['metrics', 'a', '1a', 'http-2', '80-http', '8-8a', 'abcdefghijklmno', '53/UDP', '53/TCP', '132/SCTP'],
  ...['8000-8100/SCTP', '80-80/TCP', 'dns/UDP', 'abcdefghijklmno/SCTP', '10000-65535/SCTP'],
  ...['a-b-c-d-e-f-g-h', '1e3'],
];

const malformed = [
  ...['', '0', '65536', '99999', '080', '0-80', '80-', '-80', '80-65536', '80:90', '80/', '80/udp'],
  ...['80/ICMP', '/TCP', '80/TCP/UDP', 'HTTP', 'http_2', '-http', 'http-', 'http--2', '80 ', ' 80'],
  ...['80\n', '1-2-3', '8000–8100', '*', '٨٠', '-1', '1.5'],
];

const descending = [
  ...['90-80', '10-9', '100-99', '8100-8000', '2-1', '65535-1', '20000-10000'],
  ...['8001-8000/SCTP', '11-10/UDP'],
];

const named = ['abcdefghijklmnop', 'abcdefghijklmnop/TCP', 'a-b-c-d-e-f-g-h-i'];

/** Every case about ports. */
export const portCases: readonly AgreementCase[] = [
  ...cases(ports, {
    'the port 0 is refused': [
      [0],
      { path: `${at}[0]`, says: syntax, serverSays: 'should be greater than or equal to 1' },
    ],
    'the port 65536 is refused': [
      [443, 65536],
      { path: `${at}[1]`, says: syntax, serverSays: 'should be less than or equal to 65535' },
    ],
    'a port that is not whole is refused': [[80.5], isOfAnotherType(`${at}[0]`, syntax, 'integer,string')],
    'a port that is an object is refused': [[{ port: 80 }], isUnknown(`${at}[0]`, syntax)],
    'a port that is null is refused, for lists are not pruned': [
      [null],
      isOfAnotherType(`${at}[0]`, syntax, 'integer,string'),
    ],
    'a string that is longer than any port is refused': [
      ['a'.repeat(21)],
      { path: `${at}[0]`, says: 'a port name must have at most 15 characters', serverSays: 'Too long' },
    ],
    'an empty list of ports is refused, for it would mean all': [
      [],
      isEmptyList(at, 'must have at least 1 port; leave `ports` out to allow every port'),
    ],
    'ports that are null are pruned, which means all': [null],
    'ports that are not a list are refused': [80, isOfAnotherType(at, 'must be a list', 'array')],
    'a port may be listed twice': [[80, 80, '80', '80/TCP']],
    '50 ports are accepted': [times(50, (index) => index + 1)],
    '51 ports are refused': [times(51, (index) => index + 1), hasTooManyItems(at, 50)],
  }),
  ...good.map((port) => ports(`the port ${JSON.stringify(port)} is accepted`, [port])),
  ...malformed.map((port) =>
    ports(`the port ${JSON.stringify(port)} is refused`, [port], {
      path: `${at}[0]`,
      says: syntax,
      serverSays: port === '' ? 'at least 1 chars long' : 'should match',
    }),
  ),
  ...descending.map((port) =>
    ports(`the range \`${port}\` is refused`, [80, port], {
      path: `${at}[1]`,
      says: 'a range of ports must not start above its end',
    }),
  ),
  ...named.map((port) =>
    ports(`the port name \`${port}\` is refused`, [port], {
      path: `${at}[0]`,
      says: 'a port name must have at most 15 characters',
    }),
  ),
];
