// The AppNetworkProfile around its routes' ends and ports: required fields, names, egress, counts.
import { appNetworkProfileExample } from '../../src/api/examples.ts';
import { type AgreementCase, appCase, routeCase, times } from './agreement-case.ts';

const route = { name: 'web-to-mongo', from: { app: 'web' }, to: { app: 'mongo' } };
const required = { says: 'is required', serverSays: 'Required value' };
const dnsLabel = 'must be a DNS label: a-z, 0-9 and `-`, with a letter or digit at both ends';

/** Every case about the profile as a whole. */
export const profileCases: readonly AgreementCase[] = [
  appCase('the example of the reference is accepted', appNetworkProfileExample.spec),
  appCase('a profile without routes is accepted', {}),
  appCase('a profile whose routes are null is accepted', { routes: null }),
  appCase('a profile with every mode of egress is accepted: Unrestricted', { egress: 'Unrestricted' }),
  appCase('a profile with every mode of egress is accepted: ClusterOnly', { egress: 'ClusterOnly' }),
  appCase('a profile with every mode of egress is accepted: Restricted', { egress: 'Restricted' }),
  appCase(
    'a mode of egress that does not exist is refused',
    { egress: 'restricted' },
    {
      path: 'spec.egress',
      says: 'must be `Unrestricted`, `ClusterOnly` or `Restricted`',
      serverSays: 'supported values: "Unrestricted", "ClusterOnly", "Restricted"',
    },
  ),
  appCase(
    'an unknown field of the spec is refused with the known ones',
    { route: [] },
    {
      path: 'spec.route',
      says: 'allowed are `egress` and `routes`',
      serverSays: 'unknown field',
    },
  ),
  appCase(
    'routes that are an object are refused',
    { routes: { web: route } },
    {
      path: 'spec.routes',
      says: 'must be a list',
      serverSays: 'unknown field',
    },
  ),
  appCase(
    'a route that is null is refused',
    { routes: [null] },
    {
      path: 'spec.routes[0]',
      says: 'must be an object',
      serverSays: 'must be of type object',
    },
  ),
  appCase('a profile without a spec is refused', undefined, { path: 'spec', ...required }),
  appCase('a profile whose spec is null is refused', null, { path: 'spec', ...required }),
  routeCase(
    'a route without a name is refused',
    { name: undefined },
    { path: 'spec.routes[0].name', ...required },
  ),
  routeCase(
    'a route without from is refused',
    { from: undefined },
    { path: 'spec.routes[0].from', ...required },
  ),
  routeCase('a route without to is refused', { to: null }, { path: 'spec.routes[0].to', ...required }),
  routeCase(
    'an unknown field of a route is refused',
    { port: 80 },
    {
      path: 'spec.routes[0].port',
      says: 'allowed are `name`, `from`, `to` and `ports`',
      serverSays: 'unknown field',
    },
  ),
  routeCase('a name of 63 characters is accepted', { name: 'a'.repeat(63) }),
  routeCase('a name that starts with a digit is accepted', { name: '0-web' }),
  routeCase(
    'a name of 64 characters is refused',
    { name: 'a'.repeat(64) },
    {
      path: 'spec.routes[0].name',
      says: 'must have at most 63 characters',
      serverSays: 'Too long',
    },
  ),
  routeCase(
    'an empty name is refused',
    { name: '' },
    {
      path: 'spec.routes[0].name',
      says: 'must have at least 1 character',
      serverSays: 'at least 1 chars long',
    },
  ),
  routeCase(
    'a name in upper case is refused',
    { name: 'Web' },
    { path: 'spec.routes[0].name', says: dnsLabel },
  ),
  routeCase(
    'a name with a dot is refused',
    { name: 'web.mongo' },
    { path: 'spec.routes[0].name', says: dnsLabel },
  ),
  routeCase(
    'a name that starts with a dash is refused',
    { name: '-web' },
    {
      path: 'spec.routes[0].name',
      says: dnsLabel,
    },
  ),
  routeCase(
    'a name that is a number is refused',
    { name: 1 },
    {
      path: 'spec.routes[0].name',
      says: 'must be a string',
      serverSays: 'must be of type string',
    },
  ),
  appCase(
    'two routes of one name are refused',
    { routes: [route, { ...route, to: { app: 'redis' } }] },
    {
      path: 'spec.routes[1]',
      says: 'is the `name` of two items',
      serverSays: 'Duplicate value',
    },
  ),
  appCase('200 routes of 50 ports are accepted', {
    routes: times(200, (index) => ({
      ...route,
      name: `route-${index}`,
      ports: times(50, (port) => `${port + 1}-60000/SCTP`),
    })),
  }),
  appCase(
    '201 routes are refused',
    { routes: times(201, (index) => ({ ...route, name: `route-${index}` })) },
    {
      path: 'spec.routes',
      says: 'must have at most 200 items',
    },
  ),
];
