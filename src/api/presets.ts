// Well-known ingress controllers and monitoring systems: their namespaces and pod labels in the installation that their projects
// document. Each preset cites its sources (August 2026): `repository: path`, and what is there.
// Must not know what is allowed for them.
import type { LabelSelector, Labels } from '../model/selectors.ts';

/**
 * The label of everything that an implementation of the Gateway API runs for one Gateway, in the Gateway's namespace: its name.
 *
 * kubernetes-sigs/gateway-api: geps/gep-1762/index.md, "Automated Deployments". Names of more than 63 characters are cut
 * with a hash. An implementation that runs no pods for each Gateway does not set the label.
 */
export const gatewayNameLabel = 'gateway.networking.k8s.io/gateway-name';

/** The namespace and pods of a well-known system; fields of a profile take precedence. */
export interface Preset {
  /** Absent if the pods run in the namespaces of the Gateways. */
  readonly namespace?: string;
  readonly pods: LabelSelector;
}

/** A preset in the tables below. */
export interface DocumentedPreset extends Preset {
  readonly pods: PodsWithLabels;
  /** For the reference: which installation this is, and what to set for others. Sentences. */
  readonly installation: string;
}

/** A label selector that requires labels: it never selects pods without them, such as the rest of a namespace. */
interface PodsWithLabels extends LabelSelector {
  readonly matchLabels?: Labels;
  readonly matchExpressions?: readonly (
    | { readonly key: string; readonly operator: 'Exists' }
    | { readonly key: string; readonly operator: 'In'; readonly values: readonly string[] }
  )[];
}

/** Ingress controllers by the name of their project: the pods from which requests come. */
export const ingressControllerPresets = {
  // projectcontour/contour: examples/contour/03-envoy.yaml and examples/deployment/03-envoy-deployment.yaml, namespace and labels.
  // projectcontour/helm-charts: charts/contour/templates/envoy/daemonset.yaml, other labels; its README.md names no namespace.
  contour: {
    namespace: 'projectcontour',
    pods: { matchLabels: { app: 'envoy' } },
    installation:
      'For its static manifests; for its Helm chart set `pods` with `app.kubernetes.io/name=contour` and `app.kubernetes.io/component=envoy`; for its Gateway provisioner, `gateway-api`.',
  },
  // envoyproxy/gateway: internal/infrastructure/kubernetes/proxy/resource.go, EnvoyAppLabel; beside it resource_provider.go,
  // envoyLabels: the Gateway API's label in GatewayNamespace mode alone; charts/gateway-helm/README.md, namespace.
  'envoy-gateway': {
    namespace: 'envoy-gateway-system',
    pods: {
      matchLabels: { 'app.kubernetes.io/name': 'envoy', 'app.kubernetes.io/managed-by': 'envoy-gateway' },
    },
    installation: 'For its default deploy mode; for `GatewayNamespace`, `gateway-api`.',
  },
  // Which set the label on the pods that they run in the Gateway's namespace:
  // istio/istio: manifests/charts/istio-control/istio-discovery/files/kube-gateway.yaml.
  // nginx/nginx-gateway-fabric: internal/controller/provisioner/objects.go, buildLabelsAndAnnotations.
  // kgateway-dev/kgateway: internal/kgateway/helm/gloo-gateway/templates/_helpers.tpl, selectorLabels.
  // projectcontour/contour: internal/provisioner/model/names.go, WorkloadLabels. envoyproxy/gateway: see above.
  'gateway-api': {
    pods: { matchExpressions: [{ key: gatewayNameLabel, operator: 'Exists' }] },
    installation:
      "For implementations that run pods for each Gateway: Istio, NGINX Gateway Fabric, kgateway, Contour's Gateway provisioner, Envoy Gateway in its deploy mode `GatewayNamespace`.",
  },
  // haproxytech/helm-charts: kubernetes-ingress/templates/_helpers.tpl, selectorLabels; its README.md names no namespace.
  // haproxytech/kubernetes-ingress: deploy/haproxy-ingress.yaml, the namespace, and other labels.
  haproxy: {
    namespace: 'haproxy-controller',
    pods: { matchLabels: { 'app.kubernetes.io/name': 'kubernetes-ingress' } },
    installation:
      "For HAProxy Technologies' Helm chart `haproxytech/kubernetes-ingress`; for its static manifest, `pods` with `run=haproxy-ingress`.",
  },
  // haproxy-ingress/charts: haproxy-ingress/templates/_helpers.tpl, selectorLabels.
  // jcmoraisjr/haproxy-ingress: docs/content/en/docs/getting-started/_index.md, namespace.
  'haproxy-ingress': {
    namespace: 'ingress-controller',
    pods: { matchLabels: { 'app.kubernetes.io/name': 'haproxy-ingress' } },
    installation:
      'For the Helm chart of the community project of that name, which differs from `haproxy`; with host networking, also set `hostNetwork: true`.',
  },
  // kubernetes/ingress-nginx: charts/ingress-nginx/templates/controller-deployment.yaml and _helpers.tpl, labels;
  // deploy/static/provider/cloud/deploy.yaml, the same labels and the namespace; docs/deploy/index.md, the chart's namespace.
  'ingress-nginx': {
    namespace: 'ingress-nginx',
    pods: {
      matchLabels: {
        'app.kubernetes.io/name': 'ingress-nginx',
        'app.kubernetes.io/component': 'controller',
      },
    },
    installation: 'For its Helm chart and its static manifests.',
  },
  // istio/istio: manifests/profiles/default.yaml, the namespace of istioctl's gateway; its label is `ingressgateway`, in
  // manifests/charts/gateways/istio-ingress/values.yaml. manifests/charts/gateway/templates/_helpers.tpl, selectorLabels: the
  // label of the Helm chart's is the name of the release without `istio-`.
  // istio/istio.io: content/en/docs/setup/install/helm/snips.sh, release istio-ingress in namespace istio-ingress;
  // content/en/docs/setup/additional-setup/gateway/index.md, release istio-ingressgateway in namespace istio-ingress.
  istio: {
    namespace: 'istio-system',
    pods: { matchExpressions: [{ key: 'istio', operator: 'In', values: ['ingress', 'ingressgateway'] }] },
    installation:
      'For the ingress gateway of `istioctl install`; for that of the Helm chart `istio/gateway`, `namespace: istio-ingress`; for Gateways of the Gateway API, `gateway-api`.',
  },
  // openshift/cluster-ingress-operator: pkg/operator/controller/names.go, DefaultOperandNamespace, ControllerDeploymentLabel: its
  // value is the name of the IngressController; pkg/operator/controller/ingress/deployment.go, pod labels, and HostNetwork.
  openshift: {
    namespace: 'openshift-ingress',
    pods: {
      matchExpressions: [
        { key: 'ingresscontroller.operator.openshift.io/deployment-ingresscontroller', operator: 'Exists' },
      ],
    },
    installation:
      'For the routers of every IngressController; with the endpoint publishing strategy `HostNetwork`, also set `hostNetwork: true`.',
  },
  // traefik/traefik-helm-chart: traefik/templates/_helpers.tpl, labelselector.
  // traefik/traefik: docs/content/setup/kubernetes.md, namespace.
  // k3s-io/k3s: manifests/traefik.yaml, the same chart in kube-system.
  traefik: {
    namespace: 'traefik',
    pods: { matchLabels: { 'app.kubernetes.io/name': 'traefik' } },
    installation: 'For its Helm chart; for the one that K3s brings, `namespace: kube-system`.',
  },
} as const satisfies Record<string, DocumentedPreset>;

/** Monitoring systems by the name of their project: the pods that scrape. */
export const monitoringPresets = {
  // prometheus-operator/prometheus-operator: makeSelectorLabels in pkg/prometheus/server/operator.go and agent/operator.go, which
  // pod metadata can't override. prometheus-community/helm-charts: charts/kube-prometheus-stack/README.md, namespace.
  // prometheus-operator/kube-prometheus: manifests/prometheus-prometheus.yaml, the same namespace.
  'kube-prometheus-stack': {
    namespace: 'monitoring',
    pods: {
      matchLabels: { 'app.kubernetes.io/managed-by': 'prometheus-operator' },
      matchExpressions: [
        { key: 'app.kubernetes.io/name', operator: 'In', values: ['prometheus', 'prometheus-agent'] },
      ],
    },
    installation:
      'For this Helm chart, the manifests of kube-prometheus, and any other Prometheus of the Prometheus Operator.',
  },
  // openshift/cluster-monitoring-operator: assets/prometheus-user-workload/prometheus.yaml, namespace, labels, and that it scrapes
  // the namespaces without openshift.io/cluster-monitoring; assets/prometheus-k8s/prometheus.yaml, the platform's, the others.
  openshift: {
    namespace: 'openshift-user-workload-monitoring',
    pods: { matchLabels: { 'app.kubernetes.io/name': 'prometheus' } },
    installation:
      'For the monitoring of user workloads; for namespaces with `openshift.io/cluster-monitoring=true`, `namespace: openshift-monitoring`.',
  },
  // prometheus-community/helm-charts: charts/prometheus/templates/_helpers.tpl, server.matchLabels; charts/prometheus/values.yaml,
  // the component's name. Its README.md names no namespace: this one is that of kube-prometheus-stack in the same repository.
  prometheus: {
    namespace: 'monitoring',
    pods: {
      matchLabels: { 'app.kubernetes.io/name': 'prometheus', 'app.kubernetes.io/component': 'server' },
    },
    installation:
      'For the Helm chart `prometheus-community/prometheus`, not for `kube-prometheus-stack`; it documents no namespace, so set yours.',
  },
  // VictoriaMetrics/operator: api/operator/v1beta1/vmagent_types.go, SelectorLabels; docs/quick-start.md, namespace.
  // VictoriaMetrics/helm-charts: charts/victoria-metrics-agent/tests/__snapshot__/server_test.yaml.snap, the chart's own label;
  // charts/victoria-metrics-k8s-stack/templates/victoria-metrics-operator/vmagent/vmagent.yaml, a VMAgent of the operator.
  'victoria-metrics': {
    namespace: 'vm',
    pods: {
      matchExpressions: [
        { key: 'app.kubernetes.io/name', operator: 'In', values: ['victoria-metrics-agent', 'vmagent'] },
      ],
    },
    installation:
      "For the operator's VMAgent; the Helm charts `victoria-metrics-k8s-stack` and `victoria-metrics-agent` document no namespace, so set yours.",
  },
} as const satisfies Record<string, DocumentedPreset>;

/** The name of a preset for an ingress controller. */
export type IngressControllerPreset = keyof typeof ingressControllerPresets;

/** The name of a preset for a monitoring system. */
export type MonitoringPreset = keyof typeof monitoringPresets;

/** The names of a table of presets, in its order. */
export function presetNames<Name extends string>(
  table: Readonly<Record<Name, DocumentedPreset>>,
): [Name, ...Name[]] {
  return Object.keys(table) as [Name, ...Name[]];
}

/** The meaning of each preset of a table, for the reference. */
export function presetMeanings(table: Readonly<Record<string, DocumentedPreset>>): string {
  return Object.entries(table)
    .map(([name, { namespace, pods, installation }]) => {
      const place = namespace === undefined ? 'the namespace of each Gateway' : `\`${namespace}\``;
      return `\`${name}\`: pods with ${requirementTexts(pods).join(' and ')} in ${place}. ${installation}`;
    })
    .join(' ');
}

/** Each requirement of a selector in the syntax of `kubectl get pods -l`. */
function requirementTexts({ matchLabels = {}, matchExpressions = [] }: PodsWithLabels): readonly string[] {
  const labels = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
  const expressions = matchExpressions.map((requirement) =>
    requirement.operator === 'In'
      ? `${requirement.key} in (${requirement.values.join(', ')})`
      : requirement.key,
  );
  return [...labels, ...expressions].map((text) => `\`${text}\``);
}
