// Every route end: on both sides, with each of its fields, and what is not an end.
import type { RouteEndName } from '../../src/routes/index.ts';
import { type AgreementCase, cases, routeCase, times } from './agreement-case.ts';
import {
  hasTooManyItems,
  isEmptyText,
  isListedTwice,
  isMissing,
  isNoCidr,
  isNoDnsLabel,
  isOfAnotherType,
  isTooLong,
  isUnknown,
} from './refusals.ts';

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
const isNoLabelValue = { path: `${from}.app`, says: 'must be a label value: letters, digits' };
const exactlyOne = { path: from, says: 'must have exactly one of `app`, `pods`' };
const nameOrSelector = { path: `${from}.namespace`, says: 'must have exactly one of `name` and `selector`' };

const unions: readonly AgreementCase[] = [
  ...cases(routeCase, {
    'an end without a member is refused': [{ from: {} }, exactlyOne],
    'an end whose only member is null is refused, not everyone': [{ from: { app: null } }, exactlyOne],
    'an end with two members is refused': [{ from: { app: 'web', anywhere: {} } }, exactlyOne],
    'an end that does not exist is refused with the ones that do': [
      { from: { fqdn: 'example.com' } },
      isUnknown(`${from}.fqdn`, 'allowed are `app`, `pods`'),
    ],
    'an end that is a string is refused': [
      { from: 'web' },
      isOfAnotherType(from, 'must be an object', 'object'),
    ],
    'a route without an end in its namespace is refused': [
      { from: { anywhere: {} }, to: { internet: {} } },
      {
        path: 'spec.routes[0]',
        says: 'must have an end in this namespace: `from` or `to` must be `app`, `pods` or `service`',
      },
    ],
    'a route from here to here is accepted': [{ from: { pods: {} }, to: { service: 'web' } }],
  }),
  ...['ingressController', 'monitoring', 'internet', 'cluster', 'kubernetesAPI', 'nodes', 'anywhere'].map(
    (name) =>
      routeCase(
        `a setting that \`${name}\` does not have is refused`,
        { from: { [name]: { port: 1 } } },
        isUnknown(`${from}.${name}.port`, 'is not a field'),
      ),
  ),
];

const here: readonly AgreementCase[] = cases(routeCase, {
  'an app of 63 characters is accepted': [{ from: { app: 'a'.repeat(63) } }],
  'an app may have upper case, dots and underscores': [{ from: { app: 'Web_1.x' } }],
  'an empty app is refused, though a label value may be empty': [
    { from: { app: '' } },
    isEmptyText(`${from}.app`),
  ],
  'an app of 64 characters is refused': [{ from: { app: 'a'.repeat(64) } }, isTooLong(`${from}.app`, 63)],
  'an app that ends with a dash is refused': [{ from: { app: 'web-' } }, isNoLabelValue],
  'an app with a line break at its end is refused': [{ from: { app: 'web\n' } }, isNoLabelValue],
  'a service in upper case is refused': [
    { to: { service: 'Web' } },
    isNoDnsLabel('spec.routes[0].to.service'),
  ],
  'a service with a dot is refused': [
    { to: { service: 'web.shop' } },
    isNoDnsLabel('spec.routes[0].to.service'),
  ],
  'a service may start with a digit': [{ to: { service: '3scale' } }],
});

const others: readonly AgreementCase[] = cases(routeCase, {
  'a namespace by name, with pods, is accepted': [
    { from: { namespace: { name: 'shop-admin', pods: { matchLabels: { app: 'console' } } } } },
  ],
  'a namespace by selector is accepted': [
    { from: { namespace: { selector: { matchLabels: { team: 'shop' } } } } },
  ],
  'an empty selector means every namespace': [{ from: { namespace: { selector: {} } } }],
  'a namespace without name and selector is refused': [{ from: { namespace: { pods: {} } } }, nameOrSelector],
  'a namespace with name and selector is refused': [
    { from: { namespace: { name: 'shop', selector: {} } } },
    nameOrSelector,
  ],
  'a namespace name with a glob is refused': [
    { from: { namespace: { name: 'shop-*' } } },
    isNoDnsLabel(`${from}.namespace.name`),
  ],
  'an ingress controller by name is accepted': [{ from: { ingressController: { name: 'public' } } }],
  'an ingress controller whose name has a space is refused': [
    { from: { ingressController: { name: 'the public one' } } },
    isNoDnsLabel(`${from}.ingressController.name`),
  ],
  'a monitoring system by name is accepted': [{ from: { monitoring: { name: 'prometheus' } } }],
  'a monitoring system with an empty name is refused': [
    { from: { monitoring: { name: '' } } },
    isEmptyText(`${from}.monitoring.name`),
  ],
});

const isNoPart = {
  path: `${from}.cidr`,
  says: 'each of `except` must lie inside `cidr` and be smaller than it',
};
const cidr = (text: string, except?: readonly string[]) => ({
  from: { cidr: { cidr: text, ...(except ? { except } : {}) } },
});

const goodRanges = [
  ...['0.0.0.0/0', '10.20.30.40/32', '::/0', 'fd00::/8', 'FD00::/8', 'fd00:0:0:0:0:0:0:0/8'],
  ...['2001:db8::1/128', '64:ff9b::10.0.0.0/104', '::/96', '::1.2.3.4/128', '::1.2.0.0/112', '::0.0.0.0/96'],
];

const badRanges = [
  ...['10.0.0.1/8', 'fd00::1/64', '10.0.0.0', '10.0.0.0/33', 'fd00::/129', '10.0.0.0/08', '010.0.0.0/8'],
  ...['10.0/16', '10.0.0.0/8 ', '::ffff:10.0.0.0/104', 'fe80::%eth0/64', '10.0.0.0/-1', 'everywhere', '/8'],
  ...['10.0.0.0/255.0.0.0', '10.0.0.0/8/8', '1:2:3:4:5:6:7:8::/64', '::ffff:0:0/96', '::1.2.3.4/96'],
];

const ranges: readonly AgreementCase[] = [
  ...cases(routeCase, {
    'a range that is missing is refused': [{ from: { cidr: {} } }, isMissing(`${from}.cidr.cidr`)],
    'a range of 44 characters is refused': [
      cidr(`${'0'.repeat(34)}10.0.0.0/8`),
      isTooLong(`${from}.cidr.cidr`, 43),
    ],
    'exceptions inside the range are accepted': [cidr('10.0.0.0/8', ['10.1.0.0/16', '10.2.3.4/32'])],
    'exceptions that overlap are accepted: together they leave out what each does': [
      cidr('10.0.0.0/8', ['10.1.0.0/16', '10.1.2.0/24', '10.0.0.0/9']),
    ],
    'exceptions inside an IPv6 range are accepted': [cidr('fd00::/8', ['fd00:1::/32'])],
    'an exception may be written with an IPv4 address at its end, as in the deprecated form': [
      cidr('::/96', ['::1.2.3.4/128']),
    ],
    'an empty list of exceptions is accepted': [cidr('10.0.0.0/8', [])],
    'an exception outside the range is refused': [cidr('10.0.0.0/8', ['192.168.0.0/16']), isNoPart],
    'an exception that is the range itself is refused, as Kubernetes does': [
      cidr('10.0.0.0/8', ['10.0.0.0/8']),
      isNoPart,
    ],
    'an exception that is larger than the range is refused': [cidr('10.1.0.0/16', ['10.0.0.0/8']), isNoPart],
    'an exception of the other family is refused': [cidr('0.0.0.0/0', ['fd00::/8']), isNoPart],
    'an exception with host bits is refused': [
      cidr('10.0.0.0/8', ['10.1.0.1/16']),
      isNoCidr(`${from}.cidr.except[0]`),
    ],
    'an exception that is listed twice is refused': [
      cidr('10.0.0.0/8', ['10.1.0.0/16', '10.1.0.0/16']),
      isListedTwice(`${from}.cidr.except[1]`),
    ],
    '32 exceptions are accepted': [
      cidr(
        '10.0.0.0/8',
        times(32, (index) => `10.${index}.0.0/16`),
      ),
    ],
    '33 exceptions are refused': [
      cidr(
        '10.0.0.0/8',
        times(33, (index) => `10.${index}.0.0/16`),
      ),
      hasTooManyItems(`${from}.cidr.except`, 32),
    ],
  }),
  ...goodRanges.map((text) => routeCase(`the range \`${text}\` is accepted`, cidr(text))),
  ...badRanges.map((text) =>
    routeCase(`the range \`${text}\` is refused`, cidr(text), isNoCidr(`${from}.cidr.cidr`)),
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
