import { describe, expect, test } from '@jest/globals';
import { type Labels, selects } from '../model/selectors.ts';
import { dnsLabel } from '../routes/schema/text-schema.ts';
import { customResources } from './custom-resources.ts';
import { platformNetworkProfileExample } from './examples.ts';
import {
  type DocumentedPreset,
  type IngressControllerPreset,
  ingressControllerPresets,
  type MonitoringPreset,
  monitoringPresets,
} from './presets.ts';
import { referencePage } from './reference.ts';

const presets = [
  ...Object.entries<DocumentedPreset>(ingressControllerPresets).map(([name, preset]) => ({ name, preset })),
  ...Object.entries<DocumentedPreset>(monitoringPresets).map(([name, preset]) => ({ name, preset })),
];

/** Labels of pods as the manifests and controllers set them: those that forward requests or scrape, and their neighbours. */
interface Pods {
  readonly wanted: readonly Labels[];
  readonly neighbours: readonly Labels[];
}

const name = (value: string, component?: string): Labels => ({
  'app.kubernetes.io/name': value,
  'app.kubernetes.io/instance': 'release',
  ...(component === undefined ? {} : { 'app.kubernetes.io/component': component }),
});
const managed = (labels: Labels, by: string): Labels => ({ ...labels, 'app.kubernetes.io/managed-by': by });

const ingressControllerPods: Record<IngressControllerPreset, Pods> = {
  contour: {
    wanted: [{ app: 'envoy' }],
    neighbours: [{ app: 'contour' }, { app: 'contour-certgen' }],
  },
  'envoy-gateway': {
    wanted: [managed(name('envoy', 'proxy'), 'envoy-gateway')],
    neighbours: [
      managed(name('envoy-ratelimit', 'ratelimit'), 'envoy-gateway'),
      { 'control-plane': 'envoy-gateway' },
    ],
  },
  'gateway-api': {
    wanted: [{ 'gateway.networking.k8s.io/gateway-name': 'public' }],
    neighbours: [{ app: 'web' }],
  },
  haproxy: { wanted: [name('kubernetes-ingress')], neighbours: [name('haproxy-ingress')] },
  'haproxy-ingress': {
    wanted: [name('haproxy-ingress')],
    neighbours: [name('haproxy-ingress-default-backend'), name('kubernetes-ingress')],
  },
  'ingress-nginx': {
    wanted: [name('ingress-nginx', 'controller')],
    neighbours: [name('ingress-nginx', 'default-backend'), name('ingress-nginx', 'admission-webhook')],
  },
  istio: {
    wanted: [
      { app: 'istio-ingressgateway', istio: 'ingressgateway' },
      { app: 'istio-ingress', istio: 'ingress' },
    ],
    neighbours: [
      { app: 'istio-egressgateway', istio: 'egressgateway' },
      { app: 'istiod', istio: 'pilot' },
    ],
  },
  openshift: {
    wanted: ['default', 'internal'].map((controller) => ({
      'ingresscontroller.operator.openshift.io/deployment-ingresscontroller': controller,
    })),
    neighbours: [{ 'gateway.networking.k8s.io/gateway-name': 'public' }],
  },
  traefik: { wanted: [managed(name('traefik'), 'Helm')], neighbours: [name('whoami')] },
};

const monitoringPods: Record<MonitoringPreset, Pods> = {
  'kube-prometheus-stack': {
    wanted: ['prometheus', 'prometheus-agent'].map((each) => managed(name(each), 'prometheus-operator')),
    neighbours: [managed(name('alertmanager'), 'prometheus-operator'), name('grafana')],
  },
  openshift: {
    wanted: [managed(name('prometheus', 'prometheus'), 'prometheus-operator')],
    neighbours: [managed(name('thanos-ruler'), 'prometheus-operator'), name('prometheus-operator')],
  },
  prometheus: {
    wanted: [name('prometheus', 'server')],
    neighbours: [name('alertmanager'), name('kube-state-metrics', 'metrics')],
  },
  'victoria-metrics': {
    wanted: [name('vmagent', 'monitoring'), name('victoria-metrics-agent')],
    neighbours: [name('vmsingle', 'monitoring'), name('victoria-metrics-operator')],
  },
};

const known = [
  ...Object.entries(ingressControllerPods).map(([key, pods]) => ({
    name: key,
    preset: ingressControllerPresets[key as IngressControllerPreset],
    ...pods,
  })),
  ...Object.entries(monitoringPods).map(([key, pods]) => ({
    name: key,
    preset: monitoringPresets[key as MonitoringPreset],
    ...pods,
  })),
];

describe('a preset', () => {
  test.each(presets)(
    '$name never means a whole namespace: it selects no pod without labels',
    ({ preset }) => {
      expect(selects(preset.pods, {})).toBe(false);
    },
  );

  test.each(presets)('$name is a DNS label, as is its namespace', ({ name, preset }) => {
    const { namespace = name } = preset;
    expect([name, namespace].filter((text) => !dnsLabel().safeParse(text).success)).toEqual([]);
  });

  test.each(known)('$name selects the pods as their project labels them', ({ preset, wanted }) => {
    expect(wanted.filter((labels) => !selects(preset.pods, labels))).toEqual([]);
  });

  test.each(known)('$name does not select the pods beside them', ({ preset, neighbours }) => {
    expect(neighbours.filter((labels) => selects(preset.pods, labels))).toEqual([]);
  });
});

describe('the reference', () => {
  const platform = customResources.find(({ kind }) => kind === 'PlatformNetworkProfile');
  const page = platform ? referencePage(platform, platformNetworkProfileExample, JSON.stringify) : '';

  const meaningsOf = (name: string) =>
    page
      .split(`\`${name}\`: pods with `)
      .slice(1)
      .map((rest) => rest.split(/ `[a-z-]+`: pods with |\n/)[0] ?? '');

  test.each(presets)('says what the preset $name is and where', ({ name, preset }) => {
    const { namespace, installation } = preset;
    const place = namespace === undefined ? 'the namespace of each Gateway' : `\`${namespace}\``;
    const end = `in ${place}. ${installation}`;
    expect(meaningsOf(name).filter((meaning) => meaning.endsWith(end))).toHaveLength(1);
  });

  test('writes labels as kubectl takes them', () => {
    expect(page).toContain(
      'pods with `app.kubernetes.io/name=ingress-nginx` and `app.kubernetes.io/component=controller` in `ingress-nginx`.',
    );
    expect(page).toContain('pods with `istio in (ingress, ingressgateway)` in `istio-system`.');
    expect(page).toContain(
      'pods with `gateway.networking.k8s.io/gateway-name` in the namespace of each Gateway.',
    );
  });
});
