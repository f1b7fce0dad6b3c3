// The PlatformNetworkProfile: every field, its bounds, and its rules across fields.
import { platformNetworkProfileExample } from '../../src/api/examples.ts';
import { ingressControllerPresets, monitoringPresets, presetNames } from '../../src/api/presets.ts';
import { type AgreementCase, cases, platformCase, type Refusal, times } from './agreement-case.ts';
import {
  hasTooManyItems,
  isAbove,
  isBelow,
  isEmptyList,
  isListedTwice,
  isMalformed,
  isMissing,
  isNoCidr,
  isNoDnsLabel,
  isNotOneOf,
  isOfAnotherType,
  isTooLong,
  isUnknown,
  repeatsKey,
} from './refusals.ts';

const whole: readonly AgreementCase[] = [
  ...cases(platformCase, {
    'the example of the reference is accepted': [platformNetworkProfileExample.spec],
    'a profile with nothing but enforcement is accepted': [{}],
    'DryRun is accepted': [{ enforcement: 'DryRun' }],
    'Off is accepted': [{ enforcement: 'Off' }],
    'a profile without enforcement is refused': [{ enforcement: undefined }, isMissing('spec.enforcement')],
    'an enforcement that does not exist is refused': [
      { enforcement: 'On' },
      isNotOneOf('spec.enforcement', 'must be `Enforce`, `DryRun` or `Off`'),
    ],
    'a mode of egress that does not exist is refused': [
      { egress: 'Open' },
      isNotOneOf('spec.egress', 'must be `Unrestricted`, `ClusterOnly` or `Restricted`'),
    ],
    'an unknown field is refused': [
      { mode: 'x' },
      isUnknown('spec.mode', 'allowed are `enforcement`, `egress`, `namespaces`'),
    ],
    'a label key with a prefix is accepted as app label': [{ appLabel: 'example.com/app' }],
    'an app label that is no label key is refused': [
      { appLabel: 'my app' },
      { path: 'spec.appLabel', says: 'must be a label key like `app` or `example.com/app`' },
    ],
    'an app label of 318 characters is refused': [
      { appLabel: 'a'.repeat(318) },
      isTooLong('spec.appLabel', 317),
    ],
    'ingressRoutes: None is accepted': [{ ingressRoutes: 'None' }],
    'ingressRoutes that do not exist are refused': [
      { ingressRoutes: 'Manual' },
      isNotOneOf('spec.ingressRoutes', 'must be `Auto` or `None`'),
    ],
  }),
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
];

const isNoGlob: Refusal = {
  path: 'spec.namespaces.exclude[0]',
  says: 'must be a namespace name in which `*` matches any characters',
};
const selectsNothing = (path: string): Refusal => ({
  path,
  says: 'must have at least one of `names` and `selector`; `selector: {}` means every namespace',
});

const namespaces: readonly AgreementCase[] = cases(platformCase, {
  'namespaces without fields are accepted': [{ namespaces: {} }],
  'globs to exclude are accepted': [{ namespaces: { exclude: ['*', 'team-*', '*-sandbox', 'a*b', 'one'] } }],
  'a glob with a question mark is refused': [{ namespaces: { exclude: ['team-?'] } }, isNoGlob],
  'a glob that starts with a dash is refused': [{ namespaces: { exclude: ['-team'] } }, isNoGlob],
  'a glob that is listed twice is refused': [
    { namespaces: { exclude: ['a', 'b', 'a'] } },
    isListedTwice('spec.namespaces.exclude[2]'),
  ],
  '101 globs are refused': [
    { namespaces: { exclude: times(101, (index) => `ns-${index}`) } },
    hasTooManyItems('spec.namespaces.exclude', 100),
  ],
  'an unknown field of namespaces is refused': [
    { namespaces: { include: [] } },
    isUnknown('spec.namespaces.include', 'allowed are `selector` and `exclude`'),
  ],
  'system namespaces are accepted': [{ systemNamespaces: ['kube-system', 'openshift-dns'] }],
  'a system namespace with a glob is refused: each is named': [
    { systemNamespaces: ['kube-*'] },
    isNoDnsLabel('spec.systemNamespaces[0]'),
  ],
  '65 system namespaces are refused': [
    { systemNamespaces: times(65, (index) => `ns-${index}`) },
    hasTooManyItems('spec.systemNamespaces', 64),
  ],
  'mirrorFrom every namespace is accepted': [{ mirrorFrom: { selector: {} } }],
  'mirrorFrom without a selector is refused, not every namespace': [
    { mirrorFrom: {} },
    isMissing('spec.mirrorFrom.selector'),
  ],
});

const gatewayNamespaces: readonly AgreementCase[] = cases(platformCase, {
  'namespaces of Gateways by names, with globs, are accepted': [
    { gatewayNamespaces: { names: ['infra', 'edge-*'] } },
  ],
  'namespaces of Gateways by names and labels are accepted': [
    { gatewayNamespaces: { names: ['edge-*'], selector: { matchLabels: { part: 'edge' } } } },
  ],
  'an empty selector makes every namespace one of Gateways': [{ gatewayNamespaces: { selector: {} } }],
  'namespaces of Gateways without names and selector are refused': [
    { gatewayNamespaces: {} },
    selectsNothing('spec.gatewayNamespaces'),
  ],
  'an empty list of namespaces of Gateways is refused': [
    { gatewayNamespaces: { names: [] } },
    isEmptyList('spec.gatewayNamespaces.names'),
  ],
  'a namespace of Gateways that is listed twice is refused': [
    { gatewayNamespaces: { names: ['infra', 'infra'] } },
    isListedTwice('spec.gatewayNamespaces.names[1]'),
  ],
});

const rule = { name: 'prod', namespaces: { names: ['prod-*'] } };
const withRule = (title: string, change: object, refused?: Refusal) =>
  platformCase(title, { rules: [{ ...rule, ...change }] }, refused);

const rules: readonly AgreementCase[] = [
  ...cases(withRule, {
    'a rule with nothing but namespaces is accepted, as an exemption': [{}],
    'a rule with an empty selector is accepted, for every namespace': [{ namespaces: { selector: {} } }],
    'a rule with every field is accepted': [
      {
        enforcement: 'DryRun',
        egress: 'Restricted',
        allow: { ends: ['app', 'cidr', 'anywhere'], cidrs: ['203.0.113.0/24', '2001:db8::/32'] },
      },
    ],
    'a rule without namespaces is refused': [
      { namespaces: undefined },
      isMissing('spec.rules[0].namespaces'),
    ],
    'a rule for no namespaces is refused, not for every one': [
      { namespaces: {} },
      selectsNothing('spec.rules[0].namespaces'),
    ],
    'a rule with an empty list of names is refused': [
      { namespaces: { names: [] } },
      isEmptyList('spec.rules[0].namespaces.names'),
    ],
    'a rule with 65 names is refused': [
      { namespaces: { names: times(65, (index) => `ns-${index}`) } },
      hasTooManyItems('spec.rules[0].namespaces.names', 64),
    ],
    'a rule without a name is refused': [{ name: undefined }, isMissing('spec.rules[0].name')],
    'a rule whose name is no DNS label is refused': [{ name: 'Prod' }, isNoDnsLabel('spec.rules[0].name')],
    'guardrails without ends are refused': [
      { allow: { cidrs: ['10.0.0.0/8'] } },
      isMissing('spec.rules[0].allow.ends'),
    ],
    'guardrails with an empty list of ends are refused': [
      { allow: { ends: [] } },
      isEmptyList('spec.rules[0].allow.ends'),
    ],
    'guardrails with an end that does not exist are refused': [
      { allow: { ends: ['app', 'fqdn'] } },
      isNotOneOf('spec.rules[0].allow.ends[1]', 'must be `app`, `pods`'),
    ],
    'guardrails with an end that is listed twice are refused': [
      { allow: { ends: ['app', 'app'] } },
      isListedTwice('spec.rules[0].allow.ends[1]'),
    ],
    'guardrails with a range that has host bits are refused': [
      { allow: { ends: ['app'], cidrs: ['10.0.0.1/8'] } },
      isNoCidr('spec.rules[0].allow.cidrs[0]'),
    ],
    '65 ranges of a guardrail are refused': [
      { allow: { ends: ['app'], cidrs: times(65, (index) => `10.${index}.0.0/16`) } },
      hasTooManyItems('spec.rules[0].allow.cidrs', 64),
    ],
  }),
  ...cases(platformCase, {
    'two rules of one name are refused': [{ rules: [rule, rule] }, repeatsKey('spec.rules[1]', 'name')],
    '101 rules are refused': [
      { rules: times(101, (index) => ({ ...rule, name: `rule-${index}` })) },
      hasTooManyItems('spec.rules', 100),
    ],
  }),
];

const controller = (title: string, value: object, refused?: Refusal) =>
  platformCase(title, { ingressControllers: [{ name: 'public', ...value }] }, refused);
const controllerAt = 'spec.ingressControllers[0]';
const noPlace = 'must have at least one of';

const ingressControllers: readonly AgreementCase[] = [
  ...cases(controller, {
    'an ingress controller by namespace is accepted': [{ namespace: 'gateways' }],
    'an ingress controller by addresses alone is accepted': [{ cidrs: ['198.51.100.0/26'] }],
    'an ingress controller on the host network is accepted': [{ hostNetwork: true }],
    'an ingress controller with pods of a preset is accepted': [
      { preset: 'istio', pods: { matchLabels: { istio: 'x' } } },
    ],
    'an ingress controller without a place is refused': [{}, { path: controllerAt, says: noPlace }],
    'an ingress controller with no addresses has no place': [
      { cidrs: [], hostNetwork: false },
      { path: controllerAt, says: noPlace },
    ],
    'pods without a namespace are refused: they would be those of any namespace': [
      { hostNetwork: true, pods: {} },
      { path: controllerAt, says: 'must have `namespace` or `preset` if it has `pods`' },
    ],
    'a preset that does not exist is refused': [
      { preset: 'nginx' },
      isNotOneOf(`${controllerAt}.preset`, 'must be `contour`,'),
    ],
    'a hostNetwork that is a string is refused': [
      { hostNetwork: 'true' },
      isOfAnotherType(`${controllerAt}.hostNetwork`, 'must be `true` or `false`', 'boolean'),
    ],
    'a class that is no DNS subdomain is refused': [
      { preset: 'istio', classes: ['a.b', 'a..b'] },
      { path: `${controllerAt}.classes[1]`, says: 'must be a DNS subdomain' },
    ],
    'an empty list of classes is refused': [
      { preset: 'istio', classes: [] },
      isEmptyList(`${controllerAt}.classes`),
    ],
    '17 classes are refused': [
      { preset: 'istio', classes: times(17, (index) => `class-${index}`) },
      hasTooManyItems(`${controllerAt}.classes`, 16),
    ],
    '65 ranges of a load balancer are refused': [
      { cidrs: times(65, (index) => `10.${index}.0.0/16`) },
      hasTooManyItems(`${controllerAt}.cidrs`, 64),
    ],
  }),
  ...cases(platformCase, {
    'two ingress controllers of one name are refused': [
      { ingressControllers: times(2, () => ({ name: 'public', preset: 'istio' })) },
      repeatsKey('spec.ingressControllers[1]', 'name'),
    ],
    '17 ingress controllers are refused': [
      { ingressControllers: times(17, (index) => ({ name: `c-${index}`, preset: 'istio' })) },
      hasTooManyItems('spec.ingressControllers', 16),
    ],
  }),
  ...presetNames(ingressControllerPresets).map((preset) =>
    controller(`the ingress controller preset ${preset} is accepted`, { preset }),
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
  ...cases(monitor, {
    'a monitoring system by namespace and pods is accepted': [
      { preset: undefined, namespace: 'm', pods: {} },
    ],
    'a monitoring preset that does not exist is refused': [
      { preset: 'grafana' },
      isNotOneOf(
        `${monitorAt}.preset`,
        'must be `kube-prometheus-stack`, `openshift`, `prometheus` or `victoria-metrics`',
      ),
    ],
    'a monitoring system without a place is refused': [
      { preset: undefined },
      { path: monitorAt, says: noPlace },
    ],
    'a monitoring system without ports is refused, for it would reach all': [
      { ports: undefined },
      isMissing(`${monitorAt}.ports`),
    ],
    'a monitoring system with an empty list of ports is refused': [
      { ports: [] },
      isEmptyList(`${monitorAt}.ports`, 'must have at least 1 port'),
    ],
    'a monitoring system with a range that descends is refused': [
      { ports: ['90-80'] },
      { path: `${monitorAt}.ports[0]`, says: 'a range of ports must not start above its end' },
    ],
  }),
  ...cases(platformCase, {
    '17 monitoring systems are refused': [
      { monitoring: times(17, (index) => ({ name: `m-${index}`, namespace: 'm', ports: [1] })) },
      hasTooManyItems('spec.monitoring', 16),
    ],
  }),
  ...presetNames(monitoringPresets).map((preset) =>
    monitor(`the monitoring preset ${preset} is accepted`, { preset }),
  ),
];

const addresses: readonly AgreementCase[] = [
  ...cases(platformCase, {
    'a control plane without fields is accepted: it has a default': [{ kubernetesAPI: { controlPlane: {} } }],
    'addresses of both families are accepted': [
      { dns: { addresses: ['169.254.20.10', 'fd00::a', 'FD00::B'] } },
    ],
    'an address of 46 characters is refused': [
      { dns: { addresses: ['1'.repeat(46)] } },
      isTooLong('spec.dns.addresses[0]', 45),
    ],
    'an empty list of DNS addresses is refused': [
      { dns: { addresses: [] } },
      isEmptyList('spec.dns.addresses'),
    ],
    '33 DNS addresses are refused': [
      { dns: { addresses: times(33, (index) => `10.0.0.${index}`) } },
      hasTooManyItems('spec.dns.addresses', 32),
    ],
    'a DNS port that is no port is refused': [
      { dns: { ports: ['53/UDP', '53/DNS'] } },
      isMalformed('spec.dns.ports[1]', 'must be a port number from 1 to 65535'),
    ],
    'a port of the API server that is a string is refused: it is a plain number': [
      { kubernetesAPI: { ports: ['6443'] } },
      isOfAnotherType('spec.kubernetesAPI.ports[0]', 'must be a number', 'integer'),
    ],
    'a port of the API server of 65536 is refused': [
      { kubernetesAPI: { ports: [65536] } },
      isAbove('spec.kubernetesAPI.ports[0]', 65535),
    ],
    'a port of the API server of 0 is refused': [
      { kubernetesAPI: { ports: [0] } },
      isBelow('spec.kubernetesAPI.ports[0]', 1),
    ],
    '17 ports of the API server are refused': [
      { kubernetesAPI: { ports: times(17, (index) => index + 1) } },
      hasTooManyItems('spec.kubernetesAPI.ports', 16),
    ],
    '33 addresses of the API server are refused': [
      { kubernetesAPI: { addresses: times(33, (index) => `10.0.0.${index}`) } },
      hasTooManyItems('spec.kubernetesAPI.addresses', 32),
    ],
    'a control plane with host bits is refused': [
      { kubernetesAPI: { controlPlane: { cidrs: ['172.18.0.2/16'] } } },
      isNoCidr('spec.kubernetesAPI.controlPlane.cidrs[0]'),
    ],
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
  ...['10.0.0.0/8', '10.0.0', '::ffff:10.0.0.1', 'fe80::1%eth0', '010.0.0.1', 'dns.example.com', '[::1]'].map(
    (address) =>
      platformCase(
        `the address \`${address}\` is refused`,
        { dns: { addresses: ['10.0.0.1', address] } },
        { path: 'spec.dns.addresses[1]', says: 'must be an IP address like `10.0.0.1` or `fd00::1`' },
      ),
  ),
  ...['podRanges', 'serviceRanges', 'nodeRanges'].flatMap((ranges) => [
    platformCase(
      `65 of ${ranges} are refused`,
      { cluster: { [ranges]: times(65, (index) => `10.${index}.0.0/16`) } },
      hasTooManyItems(`spec.cluster.${ranges}`, 64),
    ),
    platformCase(
      `one of ${ranges} that is no range is refused`,
      { cluster: { [ranges]: ['10.0.0.0'] } },
      isNoCidr(`spec.cluster.${ranges}[0]`),
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
