// The AppNetworkProfile around its routes' ends and ports: required fields, names, egress, counts.
import { appNetworkProfileExample } from '../../src/api/examples.ts';
import { type AgreementCase, appCase, cases, routeCase, times } from './agreement-case.ts';
import {
  hasTooManyItems,
  isEmptyText,
  isMissing,
  isNoDnsLabel,
  isNotOneOf,
  isOfAnotherType,
  isTooLong,
  isUnknown,
  repeatsKey,
} from './refusals.ts';

const route = { name: 'web-to-mongo', from: { app: 'web' }, to: { app: 'mongo' } };
const nameOfRoute = 'spec.routes[0].name';

/** Every case about the profile as a whole. */
export const profileCases: readonly AgreementCase[] = [
  ...cases(appCase, {
    'the example of the reference is accepted': [appNetworkProfileExample.spec],
    'a profile without routes is accepted': [{}],
    'a profile whose routes are null is accepted': [{ routes: null }],
    'a profile with every mode of egress is accepted: Unrestricted': [{ egress: 'Unrestricted' }],
    'a profile with every mode of egress is accepted: ClusterOnly': [{ egress: 'ClusterOnly' }],
    'a profile with every mode of egress is accepted: Restricted': [{ egress: 'Restricted' }],
    'a mode of egress that does not exist is refused': [
      { egress: 'restricted' },
      isNotOneOf('spec.egress', 'must be `Unrestricted`, `ClusterOnly` or `Restricted`'),
    ],
    'an unknown field of the spec is refused with the known ones': [
      { route: [] },
      isUnknown('spec.route', 'allowed are `egress` and `routes`'),
    ],
    'routes that are an object are refused': [
      { routes: { web: route } },
      isUnknown('spec.routes', 'must be a list'),
    ],
    'a route that is null is refused': [
      { routes: [null] },
      isOfAnotherType('spec.routes[0]', 'must be an object', 'object'),
    ],
    'a profile without a spec is refused': [undefined, isMissing('spec')],
    'a profile whose spec is null is refused': [null, isMissing('spec')],
    'two routes of one name are refused': [
      { routes: [route, { ...route, to: { app: 'redis' } }] },
      repeatsKey('spec.routes[1]', 'name'),
    ],
    '200 routes of 50 ports are accepted': [
      {
        routes: times(200, (index) => ({
          ...route,
          name: `route-${index}`,
          ports: times(50, (port) => `${port + 1}-60000/SCTP`),
        })),
      },
    ],
    '201 routes are refused': [
      { routes: times(201, (index) => ({ ...route, name: `route-${index}` })) },
      hasTooManyItems('spec.routes', 200),
    ],
  }),
  ...cases(routeCase, {
    'a route without a name is refused': [{ name: undefined }, isMissing(nameOfRoute)],
    'a route without from is refused': [{ from: undefined }, isMissing('spec.routes[0].from')],
    'a route without to is refused': [{ to: null }, isMissing('spec.routes[0].to')],
    'an unknown field of a route is refused': [
      { port: 80 },
      isUnknown('spec.routes[0].port', 'allowed are `name`, `from`, `to` and `ports`'),
    ],
    'a name of 63 characters is accepted': [{ name: 'a'.repeat(63) }],
    'a name that starts with a digit is accepted': [{ name: '0-web' }],
    'a name of 64 characters is refused': [{ name: 'a'.repeat(64) }, isTooLong(nameOfRoute, 63)],
    'an empty name is refused': [{ name: '' }, isEmptyText(nameOfRoute)],
    'a name in upper case is refused': [{ name: 'Web' }, isNoDnsLabel(nameOfRoute)],
    'a name with a dot is refused': [{ name: 'web.mongo' }, isNoDnsLabel(nameOfRoute)],
    'a name that starts with a dash is refused': [{ name: '-web' }, isNoDnsLabel(nameOfRoute)],
    'a name that is a number is refused': [
      { name: 1 },
      isOfAnotherType(nameOfRoute, 'must be a string', 'string'),
    ],
  }),
];
