// The status of both resources: the bounds that keep an object far from etcd's limit.
import { appNetworkProfileExample, platformNetworkProfileExample } from '../../src/api/examples.ts';
import { type AgreementCase, appCase, platformCase, type Refusal, times } from './agreement-case.ts';

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
const tooLong = (max: number) => ({ says: `must have at most ${max} characters`, serverSays: 'Too long' });
const withCondition = (change: object) => ({ conditions: [{ ...condition, ...change }] });

/** Every case about a status. */
export const statusCases: readonly AgreementCase[] = [
  app('the status of the example is accepted', appNetworkProfileExample.status),
  platform('the status of the example of the platform is accepted', platformNetworkProfileExample.status),
  app('a condition with an empty message is accepted', withCondition({})),
  app(
    'a time with fractions and an offset is accepted',
    withCondition({ lastTransitionTime: '2026-01-02T15:04:05.123+01:00' }),
  ),
  app(
    'a message of 1024 characters outside the basic plane is accepted',
    withCondition({ message: '🛡'.repeat(1024) }),
  ),
  app('a message of 1025 characters is refused', withCondition({ message: '🛡'.repeat(1025) }), {
    path: 'status.conditions[0].message',
    ...tooLong(1024),
  }),
  app('a condition status that does not exist is refused', withCondition({ status: true }), {
    path: 'status.conditions[0].status',
    says: 'must be `True`, `False` or `Unknown`',
    serverSays: 'must be of type string',
  }),
  app('a condition type with a space is refused', withCondition({ type: 'not ready' }), {
    path: 'status.conditions[0].type',
    says: 'must be a condition type like `Ready`',
    serverSays: 'should match',
  }),
  app('a reason with a space is refused', withCondition({ reason: 'because of it' }), {
    path: 'status.conditions[0].reason',
    says: 'must be a CamelCase word',
    serverSays: 'should match',
  }),
  app('a time that is none is refused', withCondition({ lastTransitionTime: 'yesterday' }), {
    path: 'status.conditions[0].lastTransitionTime',
    says: 'must be a time like `2026-01-02T15:04:05Z`',
    serverSays: 'must be of type date-time',
  }),
  app(
    'two conditions of one type are refused',
    { conditions: [condition, condition] },
    {
      path: 'status.conditions[1]',
      says: 'is the `type` of two items',
      serverSays: 'Duplicate value',
    },
  ),
  app(
    'a route state that does not exist is refused',
    { routes: [{ name: 'web', state: 'Ok' }] },
    {
      path: 'status.routes[0].state',
      says: 'must be `Active`, `NotNeeded`, `Pending` or `Rejected`',
      serverSays: 'supported values',
    },
  ),
  app('the status of 200 routes is accepted', { routes: times(200, routeStatus) }),
  app(
    'the status of 201 routes is refused',
    { routes: times(201, routeStatus) },
    {
      path: 'status.routes',
      says: 'must have at most 200 items',
    },
  ),
  app(
    'a suggestion of 2049 characters is refused',
    { routes: [{ ...routeStatus(0), suggestion: 'x'.repeat(2049) }] },
    {
      path: 'status.routes[0].suggestion',
      ...tooLong(2048),
    },
  ),
  app(
    'a negative count is refused',
    { policies: -1 },
    {
      path: 'status.policies',
      says: 'must be at least 0',
      serverSays: 'should be greater than or equal to 0',
    },
  ),
  platform('20 failing namespaces are accepted', { failing: times(20, failing) }),
  platform(
    '21 failing namespaces are refused',
    { failing: times(21, failing) },
    {
      path: 'status.failing',
      says: 'must have at most 20 items',
    },
  ),
  platform(
    'a failing namespace without a reason is refused',
    { failing: [{ namespace: 'shop', message: 'x' }] },
    {
      path: 'status.failing[0].reason',
      says: 'is required',
      serverSays: 'Required value',
    },
  ),
  platform(
    'a discovered range with host bits is refused',
    { discovered: { cluster: { podRanges: ['10.0.0.1/8'] } } },
    {
      path: 'status.discovered.cluster.podRanges[0]',
      says: 'must be a CIDR like `10.0.0.0/8`',
    },
  ),
  platform(
    'a discovered endpoint with port 0 is refused',
    {
      discovered: { kubernetesAPI: { endpoints: [{ address: '10.0.0.1', port: 0 }] } },
    },
    {
      path: 'status.discovered.kubernetesAPI.endpoints[0].port',
      says: 'must be at least 1',
      serverSays: 'should be greater than or equal to 1',
    },
  ),
];
