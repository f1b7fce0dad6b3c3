// Every route end: on both sides, with each of its fields, and what is not an end.
import type { RouteEndName } from '../../src/routes/index.ts';
import { type AgreementCase, routeCase, times } from './agreement-case.ts';

/** Every end, with no settings or those that it needs. */
const simplest = {
  app: 'web',
  pods: {},
  service: 'web',
  namespace: { name: 'shop' },
  ingressController: {},
  monitoring: {},
  internet: {},
  cluster: {},
  kubernetesAPI: {},
  nodes: {},
  cidr: { cidr: '10.0.0.0/8' },
  anywhere: {},
} satisfies Readonly<Record<RouteEndName, unknown>>;

const onBothSides = Object.entries(simplest).flatMap(([name, value]) => [
  routeCase(`\`${name}\` may stand in from`, { from: { [name]: value } }),
  routeCase(`\`${name}\` may stand in to`, { to: { [name]: value } }),
]);

const from = 'spec.routes[0].from';
const label = { says: 'must be a label value: letters, digits' };
const dnsLabel = { says: 'must be a DNS label: a-z, 0-9 and `-`' };
const exactlyOne = { path: from, says: 'must have exactly one of `app`, `pods`' };

const unions: readonly AgreementCase[] = [
  routeCase('an end without a member is refused', { from: {} }, exactlyOne),
  routeCase('an end whose only member is null is refused, not everyone', { from: { app: null } }, exactlyOne),
  routeCase('an end with two members is refused', { from: { app: 'web', anywhere: {} } }, exactlyOne),
  routeCase(
    'an end that does not exist is refused with the ones that do',
    { from: { fqdn: 'example.com' } },
    { path: `${from}.fqdn`, says: 'allowed are `app`, `pods`', serverSays: 'unknown field' },
  ),
  routeCase(
    'an end that is a string is refused',
    { from: 'web' },
    { path: from, says: 'must be an object', serverSays: 'must be of type object' },
  ),
  routeCase(
    'a route without an end in its namespace is refused',
    { from: { anywhere: {} }, to: { internet: {} } },
    {
      path: 'spec.routes[0]',
      says: 'must have an end in this namespace: `from` or `to` must be `app`, `pods` or `service`',
    },
  ),
  routeCase('a route from here to here is accepted', { from: { pods: {} }, to: { service: 'web' } }),
  ...['ingressController', 'monitoring', 'internet', 'cluster', 'kubernetesAPI', 'nodes', 'anywhere'].map(
    (name) =>
      routeCase(
        `a setting that \`${name}\` does not have is refused`,
        { from: { [name]: { port: 1 } } },
        { path: `${from}.${name}.port`, says: 'is not a field', serverSays: 'unknown field' },
      ),
  ),
];

const here: readonly AgreementCase[] = [
  routeCase('an app of 63 characters is accepted', { from: { app: 'a'.repeat(63) } }),
  routeCase('an app may have upper case, dots and underscores', { from: { app: 'Web_1.x' } }),
  routeCase(
    'an empty app is refused, though a label value may be empty',
    { from: { app: '' } },
    {
      path: `${from}.app`,
      says: 'must have at least 1 character',
      serverSays: 'at least 1 chars long',
    },
  ),
  routeCase(
    'an app of 64 characters is refused',
    { from: { app: 'a'.repeat(64) } },
    {
      path: `${from}.app`,
      says: 'must have at most 63 characters',
      serverSays: 'Too long',
    },
  ),
  routeCase(
    'an app that ends with a dash is refused',
    { from: { app: 'web-' } },
    { path: `${from}.app`, ...label },
  ),
  routeCase(
    'an app with a line break at its end is refused',
    { from: { app: 'web\n' } },
    {
      path: `${from}.app`,
      ...label,
    },
  ),
  routeCase(
    'a service in upper case is refused',
    { to: { service: 'Web' } },
    {
      path: 'spec.routes[0].to.service',
      ...dnsLabel,
    },
  ),
  routeCase(
    'a service with a dot is refused',
    { to: { service: 'web.shop' } },
    {
      path: 'spec.routes[0].to.service',
      ...dnsLabel,
    },
  ),
  routeCase('a service may start with a digit', { to: { service: '3scale' } }),
];

const others: readonly AgreementCase[] = [
  routeCase('a namespace by name, with pods, is accepted', {
    from: { namespace: { name: 'shop-admin', pods: { matchLabels: { app: 'console' } } } },
  }),
  routeCase('a namespace by selector is accepted', {
    from: { namespace: { selector: { matchLabels: { team: 'shop' } } } },
  }),
  routeCase('every namespace is said by an empty selector', { from: { namespace: { selector: {} } } }),
  routeCase(
    'a namespace without name and selector is refused',
    { from: { namespace: { pods: {} } } },
    {
      path: `${from}.namespace`,
      says: 'must have exactly one of `name` and `selector`',
    },
  ),
  routeCase(
    'a namespace with name and selector is refused',
    { from: { namespace: { name: 'shop', selector: {} } } },
    { path: `${from}.namespace`, says: 'must have exactly one of `name` and `selector`' },
  ),
  routeCase(
    'a namespace name with a glob is refused',
    { from: { namespace: { name: 'shop-*' } } },
    {
      path: `${from}.namespace.name`,
      ...dnsLabel,
    },
  ),
  routeCase('an ingress controller by name is accepted', { from: { ingressController: { name: 'public' } } }),
  routeCase(
    'an ingress controller whose name has a space is refused',
    {
      from: { ingressController: { name: 'the public one' } },
    },
    { path: `${from}.ingressController.name`, ...dnsLabel },
  ),
  routeCase('a monitoring system by name is accepted', { from: { monitoring: { name: 'prometheus' } } }),
  routeCase(
    'a monitoring system with an empty name is refused',
    { from: { monitoring: { name: '' } } },
    {
      path: `${from}.monitoring.name`,
      says: 'must have at least 1 character',
      serverSays: 'at least 1 chars long',
    },
  ),
];

const cidrMessage = 'must be a CIDR like `10.0.0.0/8` or `fd00::/8`, without host bits';
const partMessage = 'each of `except` must lie inside `cidr` and be smaller than it';
const cidr = (text: string, except?: readonly string[]) => ({
  from: { cidr: { cidr: text, ...(except ? { except } : {}) } },
});

const goodRanges = [
  ...[
    '0.0.0.0/0',
    '10.20.30.40/32',
    '::/0',
    'fd00::/8',
    'FD00::/8',
    'fd00:0:0:0:0:0:0:0/8',
    '2001:db8::1/128',
  ],
  ...['64:ff9b::10.0.0.0/104', '::/96', '::1.2.3.4/128', '::1.2.0.0/112', '::0.0.0.0/96'],
];

const badRanges = [
  ...['10.0.0.1/8', 'fd00::1/64', '10.0.0.0', '10.0.0.0/33', 'fd00::/129', '10.0.0.0/08', '010.0.0.0/8'],
  ...['10.0/16', '10.0.0.0/8 ', '::ffff:10.0.0.0/104', 'fe80::%eth0/64', '10.0.0.0/-1', 'everywhere', '/8'],
  ...['10.0.0.0/255.0.0.0', '10.0.0.0/8/8', '1:2:3:4:5:6:7:8::/64', '::ffff:0:0/96', '::1.2.3.4/96'],
];

const ranges: readonly AgreementCase[] = [
  ...goodRanges.map((text) => routeCase(`the range \`${text}\` is accepted`, cidr(text))),
  ...badRanges.map((text) =>
    routeCase(`the range \`${text}\` is refused`, cidr(text), {
      path: `${from}.cidr.cidr`,
      says: cidrMessage,
    }),
  ),
  routeCase(
    'a range that is missing is refused',
    { from: { cidr: {} } },
    {
      path: `${from}.cidr.cidr`,
      says: 'is required',
      serverSays: 'Required value',
    },
  ),
  routeCase(
    'a range of 44 characters is refused',
    cidr(`${'0'.repeat(36)}10.0.0.0/8`.slice(-44).padStart(44, '0')),
    {
      path: `${from}.cidr.cidr`,
      says: 'must have at most 43 characters',
      serverSays: 'Too long',
    },
  ),
  routeCase('exceptions inside the range are accepted', cidr('10.0.0.0/8', ['10.1.0.0/16', '10.2.3.4/32'])),
  routeCase(
    'exceptions that overlap are accepted: together they leave out what each does',
    cidr('10.0.0.0/8', ['10.1.0.0/16', '10.1.2.0/24', '10.0.0.0/9']),
  ),
  routeCase('exceptions inside an IPv6 range are accepted', cidr('fd00::/8', ['fd00:1::/32'])),
  routeCase(
    'an exception may be written with an IPv4 address at its end, as in the deprecated form',
    cidr('::/96', ['::1.2.3.4/128']),
  ),
  routeCase('an empty list of exceptions is accepted', cidr('10.0.0.0/8', [])),
  routeCase('an exception outside the range is refused', cidr('10.0.0.0/8', ['192.168.0.0/16']), {
    path: `${from}.cidr`,
    says: partMessage,
  }),
  routeCase(
    'an exception that is the range itself is refused, as Kubernetes does',
    cidr('10.0.0.0/8', ['10.0.0.0/8']),
    {
      path: `${from}.cidr`,
      says: partMessage,
    },
  ),
  routeCase('an exception that is larger than the range is refused', cidr('10.1.0.0/16', ['10.0.0.0/8']), {
    path: `${from}.cidr`,
    says: partMessage,
  }),
  routeCase('an exception of the other family is refused', cidr('0.0.0.0/0', ['fd00::/8']), {
    path: `${from}.cidr`,
    says: partMessage,
  }),
  routeCase('an exception with host bits is refused', cidr('10.0.0.0/8', ['10.1.0.1/16']), {
    path: `${from}.cidr.except[0]`,
    says: cidrMessage,
  }),
  routeCase(
    'an exception that is listed twice is refused',
    cidr('10.0.0.0/8', ['10.1.0.0/16', '10.1.0.0/16']),
    {
      path: `${from}.cidr.except[1]`,
      says: 'is listed twice',
      serverSays: 'Duplicate value',
    },
  ),
  routeCase(
    '32 exceptions are accepted',
    cidr(
      '10.0.0.0/8',
      times(32, (index) => `10.${index}.0.0/16`),
    ),
  ),
  routeCase(
    '33 exceptions are refused',
    cidr(
      '10.0.0.0/8',
      times(33, (index) => `10.${index}.0.0/16`),
    ),
    {
      path: `${from}.cidr.except`,
      says: 'must have at most 32 items',
      serverSays: 'must have at most 32 items',
    },
  ),
];

/** Every case about route ends. */
export const routeEndCases: readonly AgreementCase[] = [
  ...onBothSides,
  ...unions,
  ...here,
  ...others,
  ...ranges,
];
