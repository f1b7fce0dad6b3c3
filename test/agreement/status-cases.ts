// The status of both resources: the bounds that keep an object far from etcd's limit.
import { appNetworkProfileExample, platformNetworkProfileExample } from '../../src/api/examples.ts';
import { type AgreementCase, appCase, cases, platformCase, type Refusal, times } from './agreement-case.ts';
import {
  hasTooManyItems,
  isBelow,
  isMalformed,
  isMissing,
  isNotOneOf,
  isOfAnotherType,
  isTooLong,
  repeatsKey,
} from './refusals.ts';

const condition = {
  type: 'Ready',
  status: 'True',
  lastTransitionTime: '2026-01-02T15:04:05Z',
  reason: 'Programmed',
  message: '',
};
const failing = (index: number) => ({ namespace: `ns-${index}`, reason: 'Contested', message: 'x' });
const routeStatus = (index: number) => ({ name: `route-${index}`, state: 'Active' });

const app = (title: string, status: unknown, refused?: Refusal): AgreementCase => ({
  ...appCase(title, {}, refused),
  status,
});
const platform = (title: string, status: unknown, refused?: Refusal): AgreementCase => ({
  ...platformCase(title, {}, refused),
  status,
});
const withCondition = (change: object) => ({ conditions: [{ ...condition, ...change }] });

/** Every case about a status. */
export const statusCases: readonly AgreementCase[] = [
  ...cases(app, {
    'the status of the example is accepted': [appNetworkProfileExample.status],
    'a condition with an empty message is accepted': [withCondition({})],
    'a time with fractions and an offset is accepted': [
      withCondition({ lastTransitionTime: '2026-01-02T15:04:05.123+01:00' }),
    ],
    'a message of 1024 characters outside the basic plane is accepted': [
      withCondition({ message: '🛡'.repeat(1024) }),
    ],
    'a message of 1025 characters is refused': [
      withCondition({ message: '🛡'.repeat(1025) }),
      isTooLong('status.conditions[0].message', 1024),
    ],
    'a condition status that does not exist is refused': [
      withCondition({ status: true }),
      isOfAnotherType('status.conditions[0].status', 'must be `True`, `False` or `Unknown`', 'string'),
    ],
    'a condition type with a space is refused': [
      withCondition({ type: 'not ready' }),
      isMalformed('status.conditions[0].type', 'must be a condition type like `Ready`'),
    ],
    'a reason with a space is refused': [
      withCondition({ reason: 'because of it' }),
      isMalformed('status.conditions[0].reason', 'must be a CamelCase word'),
    ],
    'a time that is none is refused': [
      withCondition({ lastTransitionTime: 'yesterday' }),
      isOfAnotherType(
        'status.conditions[0].lastTransitionTime',
        'must be a time like `2026-01-02T15:04:05Z`',
        'date-time',
      ),
    ],
    'two conditions of one type are refused': [
      { conditions: [condition, condition] },
      repeatsKey('status.conditions[1]', 'type'),
    ],
    'a route state that does not exist is refused': [
      { routes: [{ name: 'web', state: 'Ok' }] },
      isNotOneOf('status.routes[0].state', 'must be `Active`, `NotNeeded`, `Pending` or `Rejected`'),
    ],
    'the status of 200 routes is accepted': [{ routes: times(200, routeStatus) }],
    'the status of 201 routes is refused': [
      { routes: times(201, routeStatus) },
      hasTooManyItems('status.routes', 200),
    ],
    'a suggestion of 2049 characters is refused': [
      { routes: [{ ...routeStatus(0), suggestion: 'x'.repeat(2049) }] },
      isTooLong('status.routes[0].suggestion', 2048),
    ],
    'a negative count is refused': [{ policies: -1 }, isBelow('status.policies', 0)],
  }),
  ...cases(platform, {
    'the status of the example of the platform is accepted': [platformNetworkProfileExample.status],
    '20 failing namespaces are accepted': [{ failing: times(20, failing) }],
    '21 failing namespaces are refused': [
      { failing: times(21, failing) },
      hasTooManyItems('status.failing', 20),
    ],
    'a failing namespace without a reason is refused': [
      { failing: [{ namespace: 'shop', message: 'x' }] },
      isMissing('status.failing[0].reason'),
    ],
    'a discovered range with host bits is refused': [
      { discovered: { cluster: { podRanges: ['10.0.0.1/8'] } } },
      { path: 'status.discovered.cluster.podRanges[0]', says: 'must be a CIDR like `10.0.0.0/8`' },
    ],
    'a discovered endpoint with port 0 is refused': [
      { discovered: { kubernetesAPI: { endpoints: [{ address: '10.0.0.1', port: 0 }] } } },
      isBelow('status.discovered.kubernetesAPI.endpoints[0].port', 1),
    ],
  }),
];
