// The PlatformNetworkProfile: every field, its bounds, and its rules across fields.
import { platformNetworkProfileExample } from '../../src/api/examples.ts';
import { ingressControllerPresets, monitoringPresets, presetNames } from '../../src/api/presets.ts';
import { type AgreementCase, platformCase, type Refusal, times } from './agreement-case.ts';

const required = { says: 'is required', serverSays: 'Required value' };
const dnsLabel = 'must be a DNS label: a-z, 0-9 and `-`, with a letter or digit at both ends';
const cidrMessage = 'must be a CIDR like `10.0.0.0/8` or `fd00::/8`, without host bits';
const twice = { says: 'is listed twice', serverSays: 'Duplicate value' };
const tooMany = (max: number) => ({ says: `must have at most ${max} items` });

const whole: readonly AgreementCase[] = [
  platformCase('the example of the reference is accepted', platformNetworkProfileExample.spec),
  platformCase('a profile with nothing but enforcement is accepted', {}),
  platformCase('DryRun is accepted', { enforcement: 'DryRun' }),
  platformCase('Off is accepted', { enforcement: 'Off' }),
  platformCase(
    'a profile without enforcement is refused',
    { enforcement: undefined },
    {
      path: 'spec.enforcement',
      ...required,
    },
  ),
  platformCase(
    'an enforcement that does not exist is refused',
    { enforcement: 'On' },
    {
      path: 'spec.enforcement',
      says: 'must be `Enforce`, `DryRun` or `Off`',
      serverSays: 'supported values: "Enforce", "DryRun", "Off"',
    },
  ),
  platformCase(
    'a mode of egress that does not exist is refused',
    { egress: 'Open' },
    {
      path: 'spec.egress',
      says: 'must be `Unrestricted`, `ClusterOnly` or `Restricted`',
      serverSays: 'supported values',
    },
  ),
  {
    ...platformCase(
      'a second profile is refused',
      {},
      {
        path: 'metadata.name',
        says: 'metadata.name must be `default`: a cluster has one PlatformNetworkProfile',
      },
    ),
    name: 'other',
  },
  platformCase(
    'an unknown field is refused',
    { mode: 'x' },
    {
      path: 'spec.mode',
      says: 'allowed are `enforcement`, `egress`, `namespaces`',
      serverSays: 'unknown field',
    },
  ),
  platformCase('a label key with a prefix is accepted as app label', { appLabel: 'example.com/app' }),
  platformCase(
    'an app label that is no label key is refused',
    { appLabel: 'my app' },
    {
      path: 'spec.appLabel',
      says: 'must be a label key like `app` or `example.com/app`',
    },
  ),
  platformCase(
    'an app label of 318 characters is refused',
    { appLabel: 'a'.repeat(318) },
    {
      path: 'spec.appLabel',
      says: 'must have at most 317 characters',
      serverSays: 'Too long',
    },
  ),
  platformCase('ingressRoutes: None is accepted', { ingressRoutes: 'None' }),
  platformCase(
    'ingressRoutes that do not exist are refused',
    { ingressRoutes: 'Manual' },
    {
      path: 'spec.ingressRoutes',
      says: 'must be `Auto` or `None`',
      serverSays: 'supported values: "Auto", "None"',
    },
  ),
];

const namespaces: readonly AgreementCase[] = [
  platformCase('namespaces without fields are accepted', { namespaces: {} }),
  platformCase('globs to exclude are accepted', {
    namespaces: { exclude: ['*', 'team-*', '*-sandbox', 'a*b', 'one'] },
  }),
  platformCase(
    'a glob with a question mark is refused',
    { namespaces: { exclude: ['team-?'] } },
    {
      path: 'spec.namespaces.exclude[0]',
      says: 'must be a namespace name in which `*` matches any characters',
    },
  ),
  platformCase(
    'a glob that starts with a dash is refused',
    { namespaces: { exclude: ['-team'] } },
    {
      path: 'spec.namespaces.exclude[0]',
      says: 'must be a namespace name in which `*` matches any characters',
    },
  ),
  platformCase(
    'a glob that is listed twice is refused',
    { namespaces: { exclude: ['a', 'b', 'a'] } },
    {
      path: 'spec.namespaces.exclude[2]',
      ...twice,
    },
  ),
  platformCase(
    '101 globs are refused',
    { namespaces: { exclude: times(101, (index) => `ns-${index}`) } },
    {
      path: 'spec.namespaces.exclude',
      ...tooMany(100),
    },
  ),
  platformCase(
    'an unknown field of namespaces is refused',
    { namespaces: { include: [] } },
    {
      path: 'spec.namespaces.include',
      says: 'allowed are `selector` and `exclude`',
      serverSays: 'unknown field',
    },
  ),
  platformCase('system namespaces are accepted', { systemNamespaces: ['kube-system', 'openshift-dns'] }),
  platformCase(
    'a system namespace with a glob is refused: each is named',
    { systemNamespaces: ['kube-*'] },
    {
      path: 'spec.systemNamespaces[0]',
      says: dnsLabel,
    },
  ),
  platformCase(
    '65 system namespaces are refused',
    { systemNamespaces: times(65, (index) => `ns-${index}`) },
    {
      path: 'spec.systemNamespaces',
      ...tooMany(64),
    },
  ),
  platformCase('mirrorFrom every namespace is accepted', { mirrorFrom: { selector: {} } }),
  platformCase(
    'mirrorFrom without a selector is refused, not every namespace',
    { mirrorFrom: {} },
    {
      path: 'spec.mirrorFrom.selector',
      ...required,
    },
  ),
];

const gatewayNamespaces: readonly AgreementCase[] = [
  platformCase('namespaces of Gateways by names, with globs, are accepted', {
    gatewayNamespaces: { names: ['infra', 'edge-*'] },
  }),
  platformCase('namespaces of Gateways by names and labels are accepted', {
    gatewayNamespaces: { names: ['edge-*'], selector: { matchLabels: { part: 'edge' } } },
  }),
  platformCase('every namespace as one of Gateways says so', { gatewayNamespaces: { selector: {} } }),
  platformCase(
    'namespaces of Gateways that say nothing are refused',
    { gatewayNamespaces: {} },
    {
      path: 'spec.gatewayNamespaces',
      says: 'must have at least one of `names` and `selector`; `selector: {}` means every namespace',
    },
  ),
  platformCase(
    'an empty list of namespaces of Gateways is refused',
    { gatewayNamespaces: { names: [] } },
    {
      path: 'spec.gatewayNamespaces.names',
      says: 'must have at least 1 item',
      serverSays: 'should have at least 1 items',
    },
  ),
  platformCase(
    'a namespace of Gateways that is listed twice is refused',
    { gatewayNamespaces: { names: ['infra', 'infra'] } },
    { path: 'spec.gatewayNamespaces.names[1]', ...twice },
  ),
];

const rule = { name: 'prod', namespaces: { names: ['prod-*'] } };
const withRule = (title: string, change: object, refused?: Refusal) =>
  platformCase(title, { rules: [{ ...rule, ...change }] }, refused);

const rules: readonly AgreementCase[] = [
  withRule('a rule with nothing but namespaces is accepted, as an exemption', {}),
  withRule('a rule for every namespace says so', { namespaces: { selector: {} } }),
  withRule('a rule with every field is accepted', {
    enforcement: 'DryRun',
    egress: 'Restricted',
    allow: { ends: ['app', 'cidr', 'anywhere'], cidrs: ['203.0.113.0/24', '2001:db8::/32'] },
  }),
  withRule(
    'a rule without namespaces is refused',
    { namespaces: undefined },
    {
      path: 'spec.rules[0].namespaces',
      ...required,
    },
  ),
  withRule(
    'a rule for no namespaces is refused, not for every one',
    { namespaces: {} },
    {
      path: 'spec.rules[0].namespaces',
      says: 'must have at least one of `names` and `selector`; `selector: {}` means every namespace',
    },
  ),
  withRule(
    'a rule with an empty list of names is refused',
    { namespaces: { names: [] } },
    {
      path: 'spec.rules[0].namespaces.names',
      says: 'must have at least 1 item',
      serverSays: 'should have at least 1 items',
    },
  ),
  withRule(
    'a rule with 65 names is refused',
    { namespaces: { names: times(65, (index) => `ns-${index}`) } },
    {
      path: 'spec.rules[0].namespaces.names',
      ...tooMany(64),
    },
  ),
  withRule(
    'a rule without a name is refused',
    { name: undefined },
    { path: 'spec.rules[0].name', ...required },
  ),
  withRule(
    'a rule whose name is no DNS label is refused',
    { name: 'Prod' },
    {
      path: 'spec.rules[0].name',
      says: dnsLabel,
    },
  ),
  withRule(
    'guardrails without ends are refused',
    { allow: { cidrs: ['10.0.0.0/8'] } },
    {
      path: 'spec.rules[0].allow.ends',
      ...required,
    },
  ),
  withRule(
    'guardrails with an empty list of ends are refused',
    { allow: { ends: [] } },
    {
      path: 'spec.rules[0].allow.ends',
      says: 'must have at least 1 item',
      serverSays: 'should have at least 1 items',
    },
  ),
  withRule(
    'guardrails with an end that does not exist are refused',
    { allow: { ends: ['app', 'fqdn'] } },
    {
      path: 'spec.rules[0].allow.ends[1]',
      says: 'must be `app`, `pods`',
      serverSays: 'supported values: "app", "pods"',
    },
  ),
  withRule(
    'guardrails with an end that is listed twice are refused',
    { allow: { ends: ['app', 'app'] } },
    {
      path: 'spec.rules[0].allow.ends[1]',
      ...twice,
    },
  ),
  withRule(
    'guardrails with a range that has host bits are refused',
    { allow: { ends: ['app'], cidrs: ['10.0.0.1/8'] } },
    {
      path: 'spec.rules[0].allow.cidrs[0]',
      says: cidrMessage,
    },
  ),
  withRule(
    '65 ranges of a guardrail are refused',
    {
      allow: { ends: ['app'], cidrs: times(65, (index) => `10.${index}.0.0/16`) },
    },
    { path: 'spec.rules[0].allow.cidrs', ...tooMany(64) },
  ),
  platformCase(
    'two rules of one name are refused',
    { rules: [rule, rule] },
    {
      path: 'spec.rules[1]',
      says: 'is the `name` of two items',
      serverSays: 'Duplicate value',
    },
  ),
  platformCase(
    '101 rules are refused',
    { rules: times(101, (index) => ({ ...rule, name: `rule-${index}` })) },
    {
      path: 'spec.rules',
      ...tooMany(100),
    },
  ),
];

const controller = (title: string, value: object, refused?: Refusal) =>
  platformCase(title, { ingressControllers: [{ name: 'public', ...value }] }, refused);
const controllerAt = 'spec.ingressControllers[0]';
const somewhere = 'must have at least one of';

const ingressControllers: readonly AgreementCase[] = [
  ...presetNames(ingressControllerPresets).map((preset) =>
    controller(`the ingress controller preset ${preset} is accepted`, { preset }),
  ),
  controller('an ingress controller by namespace is accepted', { namespace: 'gateways' }),
  controller('an ingress controller by addresses alone is accepted', { cidrs: ['198.51.100.0/26'] }),
  controller('an ingress controller on the host network is accepted', { hostNetwork: true }),
  controller('an ingress controller with pods of a preset is accepted', {
    preset: 'istio',
    pods: { matchLabels: { istio: 'x' } },
  }),
  controller('an ingress controller that is nowhere is refused', {}, { path: controllerAt, says: somewhere }),
  controller(
    'an ingress controller with no addresses is nowhere',
    { cidrs: [], hostNetwork: false },
    {
      path: controllerAt,
      says: somewhere,
    },
  ),
  controller(
    'pods without a namespace are refused: they would be those of any namespace',
    {
      hostNetwork: true,
      pods: {},
    },
    { path: controllerAt, says: 'must have `namespace` or `preset` if it has `pods`' },
  ),
  controller(
    'a preset that does not exist is refused',
    { preset: 'nginx' },
    {
      path: `${controllerAt}.preset`,
      says: 'must be `contour`,',
      serverSays: 'supported values: "contour"',
    },
  ),
  controller(
    'a hostNetwork that is a string is refused',
    { hostNetwork: 'true' },
    {
      path: `${controllerAt}.hostNetwork`,
      says: 'must be `true` or `false`',
      serverSays: 'must be of type boolean',
    },
  ),
  controller(
    'a class that is no DNS subdomain is refused',
    { preset: 'istio', classes: ['a.b', 'a..b'] },
    {
      path: `${controllerAt}.classes[1]`,
      says: 'must be a DNS subdomain',
    },
  ),
  controller(
    'an empty list of classes is refused',
    { preset: 'istio', classes: [] },
    {
      path: `${controllerAt}.classes`,
      says: 'must have at least 1 item',
      serverSays: 'should have at least 1 items',
    },
  ),
  controller(
    '17 classes are refused',
    { preset: 'istio', classes: times(17, (index) => `class-${index}`) },
    {
      path: `${controllerAt}.classes`,
      ...tooMany(16),
    },
  ),
  controller(
    '65 ranges of a load balancer are refused',
    { cidrs: times(65, (index) => `10.${index}.0.0/16`) },
    {
      path: `${controllerAt}.cidrs`,
      ...tooMany(64),
    },
  ),
  platformCase(
    'two ingress controllers of one name are refused',
    {
      ingressControllers: times(2, () => ({ name: 'public', preset: 'istio' })),
    },
    { path: 'spec.ingressControllers[1]', says: 'is the `name` of two items', serverSays: 'Duplicate value' },
  ),
  platformCase(
    '17 ingress controllers are refused',
    {
      ingressControllers: times(17, (index) => ({ name: `c-${index}`, preset: 'istio' })),
    },
    { path: 'spec.ingressControllers', ...tooMany(16) },
  ),
];

const monitor = (title: string, value: object, refused?: Refusal) =>
  platformCase(
    title,
    { monitoring: [{ name: 'prometheus', preset: 'prometheus', ports: ['metrics'], ...value }] },
    refused,
  );
const monitorAt = 'spec.monitoring[0]';

const monitoring: readonly AgreementCase[] = [
  ...presetNames(monitoringPresets).map((preset) =>
    monitor(`the monitoring preset ${preset} is accepted`, { preset }),
  ),
  monitor('a monitoring system by namespace and pods is accepted', {
    preset: undefined,
    namespace: 'm',
    pods: {},
  }),
  monitor(
    'a monitoring preset that does not exist is refused',
    { preset: 'grafana' },
    {
      path: `${monitorAt}.preset`,
      says: 'must be `kube-prometheus-stack`, `openshift`, `prometheus` or `victoria-metrics`',
      serverSays: 'supported values: "kube-prometheus-stack"',
    },
  ),
  monitor(
    'a monitoring system that is nowhere is refused',
    { preset: undefined },
    { path: monitorAt, says: somewhere },
  ),
  monitor(
    'a monitoring system without ports is refused, for it would reach all',
    { ports: undefined },
    {
      path: `${monitorAt}.ports`,
      ...required,
    },
  ),
  monitor(
    'a monitoring system with an empty list of ports is refused',
    { ports: [] },
    {
      path: `${monitorAt}.ports`,
      says: 'must have at least 1 port',
      serverSays: 'should have at least 1 items',
    },
  ),
  monitor(
    'a monitoring system with a range that descends is refused',
    { ports: ['90-80'] },
    {
      path: `${monitorAt}.ports[0]`,
      says: 'a range of ports must not start above its end',
    },
  ),
  platformCase(
    '17 monitoring systems are refused',
    {
      monitoring: times(17, (index) => ({ name: `m-${index}`, namespace: 'm', ports: [1] })),
    },
    { path: 'spec.monitoring', ...tooMany(16) },
  ),
];

const addresses: readonly AgreementCase[] = [
  platformCase('a control plane without fields is accepted: it has a default', {
    kubernetesAPI: { controlPlane: {} },
  }),
  ...[
    { name: 'dns', says: 'must have at least one of `namespace`, `podSelector`, `ports` and `addresses`' },
    { name: 'kubernetesAPI', says: 'must have at least one of `addresses`, `ports` and `controlPlane`' },
    {
      name: 'cluster',
      says: 'must have at least one of `podRanges`, `serviceRanges` and `nodeRanges`; leave it out to override nothing',
    },
  ].map(({ name, says }) =>
    platformCase(`\`${name}\` without fields is refused`, { [name]: {} }, { path: `spec.${name}`, says }),
  ),
  platformCase('addresses of both families are accepted', {
    dns: { addresses: ['169.254.20.10', 'fd00::a', 'FD00::B'] },
  }),
  ...['10.0.0.0/8', '10.0.0', '::ffff:10.0.0.1', 'fe80::1%eth0', '010.0.0.1', 'dns.example.com', '[::1]'].map(
    (address) =>
      platformCase(
        `the address \`${address}\` is refused`,
        { dns: { addresses: ['10.0.0.1', address] } },
        {
          path: 'spec.dns.addresses[1]',
          says: 'must be an IP address like `10.0.0.1` or `fd00::1`',
        },
      ),
  ),
  platformCase(
    'an address of 46 characters is refused',
    { dns: { addresses: ['1'.repeat(46)] } },
    {
      path: 'spec.dns.addresses[0]',
      says: 'must have at most 45 characters',
      serverSays: 'Too long',
    },
  ),
  platformCase(
    'an empty list of DNS addresses is refused',
    { dns: { addresses: [] } },
    {
      path: 'spec.dns.addresses',
      says: 'must have at least 1 item',
      serverSays: 'should have at least 1 items',
    },
  ),
  platformCase(
    '33 DNS addresses are refused',
    { dns: { addresses: times(33, (index) => `10.0.0.${index}`) } },
    {
      path: 'spec.dns.addresses',
      ...tooMany(32),
    },
  ),
  platformCase(
    'a DNS port that is no port is refused',
    { dns: { ports: ['53/UDP', '53/DNS'] } },
    {
      path: 'spec.dns.ports[1]',
      says: 'must be a port number from 1 to 65535',
      serverSays: 'should match',
    },
  ),
  platformCase(
    'a port of the API server that is a string is refused: it is a plain number',
    {
      kubernetesAPI: { ports: ['6443'] },
    },
    { path: 'spec.kubernetesAPI.ports[0]', says: 'must be a number', serverSays: 'must be of type integer' },
  ),
  platformCase(
    'a port of the API server of 65536 is refused',
    { kubernetesAPI: { ports: [65536] } },
    {
      path: 'spec.kubernetesAPI.ports[0]',
      says: 'must be at most 65535',
      serverSays: 'should be less than or equal to 65535',
    },
  ),
  platformCase(
    'a port of the API server of 0 is refused',
    { kubernetesAPI: { ports: [0] } },
    {
      path: 'spec.kubernetesAPI.ports[0]',
      says: 'must be at least 1',
      serverSays: 'should be greater than or equal to 1',
    },
  ),
  platformCase(
    '17 ports of the API server are refused',
    { kubernetesAPI: { ports: times(17, (index) => index + 1) } },
    {
      path: 'spec.kubernetesAPI.ports',
      ...tooMany(16),
    },
  ),
  platformCase(
    '33 addresses of the API server are refused',
    {
      kubernetesAPI: { addresses: times(33, (index) => `10.0.0.${index}`) },
    },
    { path: 'spec.kubernetesAPI.addresses', ...tooMany(32) },
  ),
  platformCase(
    'a control plane with host bits is refused',
    {
      kubernetesAPI: { controlPlane: { cidrs: ['172.18.0.2/16'] } },
    },
    { path: 'spec.kubernetesAPI.controlPlane.cidrs[0]', says: cidrMessage },
  ),
  ...['podRanges', 'serviceRanges', 'nodeRanges'].flatMap((ranges) => [
    platformCase(
      `65 of ${ranges} are refused`,
      { cluster: { [ranges]: times(65, (index) => `10.${index}.0.0/16`) } },
      {
        path: `spec.cluster.${ranges}`,
        ...tooMany(64),
      },
    ),
    platformCase(
      `one of ${ranges} that is no range is refused`,
      { cluster: { [ranges]: ['10.0.0.0'] } },
      {
        path: `spec.cluster.${ranges}[0]`,
        says: cidrMessage,
      },
    ),
  ]),
];

/** Every case about the PlatformNetworkProfile. */
export const platformCases: readonly AgreementCase[] = [
  ...whole,
  ...namespaces,
  ...gatewayNamespaces,
  ...rules,
  ...ingressControllers,
  ...monitoring,
  ...addresses,
];
