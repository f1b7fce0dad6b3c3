// Services, and the objects that lead to them from outside: each reduced on arrival to the facts that a rule depends on.
// Written for objects that the API server validated; must not know what follows from a fact.

import type * as z from 'zod';
import { identify } from '../kube/resource.ts';
import type { Identified } from '../kube/store.ts';
import type { ObjectKey } from '../model/object-key.ts';
import type {
  AddressedServiceFacts,
  ControlPlaneCallFacts,
  IngressClassFacts,
  IngressFacts,
  ServiceFacts,
  ServiceRef,
} from '../model/services.ts';
import { distinctByContent, type Kind, type StoredFacts, specOf } from './kind.ts';
import { serviceObject } from './workload-schema.ts';

type ServiceSpec = z.output<typeof serviceObject>['spec'];

export const services: Kind<StoredFacts<AddressedServiceFacts>> = {
  kind: 'Service',
  name: 'services',
  path: '/api/v1/services',
  schema: serviceObject,
  reduce: (object) => {
    const {
      type = 'ClusterIP',
      clusterIP = '',
      clusterIPs = [clusterIP],
      selector = {},
      externalName,
      ports = [],
    } = specOf<ServiceSpec>(object);
    return {
      ...identify(object),
      type,
      headless: clusterIP === 'None',
      clusterIPs: clusterIPs.filter((address) => address !== '' && address !== 'None'),
      ...(Object.keys(selector).length === 0 ? {} : { selector }),
      ...(externalName === undefined ? {} : { externalName }),
      ports: ports.map(portOf),
    };
  },
};

/** A port with its defaults: an empty value counts as none, and so does target port 0 (`SetDefaults_Service`). */
function portOf({
  name,
  port,
  protocol,
  targetPort,
}: NonNullable<ServiceSpec['ports']>[number]): ServiceFacts['ports'][number] {
  return { ...(name ? { name } : {}), port, protocol: protocol || 'TCP', targetPort: targetPort || port };
}

interface RawBackend {
  readonly service?: {
    readonly name: string;
    readonly port?: { readonly number?: number; readonly name?: string };
  };
  readonly resource?: { readonly kind: string; readonly name: string };
}

interface RawIngress {
  readonly ingressClassName?: string;
  readonly defaultBackend?: RawBackend;
  readonly rules?: readonly {
    readonly http?: { readonly paths?: readonly { readonly backend: RawBackend }[] };
  }[];
}

/** The class of an Ingress before `spec.ingressClassName` existed; controllers still read it. */
const oldClassAnnotation = 'kubernetes.io/ingress.class';

export const ingresses: Kind<StoredFacts<IngressFacts>> = {
  kind: 'Ingress',
  name: 'ingresses.networking.k8s.io',
  path: '/apis/networking.k8s.io/v1/ingresses',
  reduce: (object) => {
    const identity = identify(object);
    const { ingressClassName, defaultBackend, rules = [] } = specOf<RawIngress>(object);
    const className = ingressClassName ?? object.metadata.annotations?.[oldClassAnnotation];
    const all = [
      ...(defaultBackend === undefined ? [] : [{ ...defaultBackend, at: 'spec.defaultBackend' }]),
      ...rules.flatMap(({ http }, rule) =>
        (http?.paths ?? []).map(({ backend }, path) => ({
          ...backend,
          at: `spec.rules[${rule}].http.paths[${path}].backend`,
        })),
      ),
    ];
    return {
      ...identity,
      ...(className === undefined ? {} : { className }),
      backends: distinctByContent(
        all.flatMap(({ service, at }) =>
          service === undefined ? [] : [{ ...ingressBackend(identity, service), at }],
        ),
      ),
      resourceBackends: distinctByContent(
        all.flatMap(({ resource, at }) =>
          resource === undefined ? [] : [{ named: `${resource.kind}/${resource.name}`, at }],
        ),
      ),
    };
  },
};

function ingressBackend(
  { namespace }: ObjectKey,
  { name, port }: NonNullable<RawBackend['service']>,
): ServiceRef {
  const wanted = port?.number ?? port?.name;
  return { namespace, name, ...(wanted === undefined ? {} : { port: wanted }) };
}

export const ingressClasses: Kind<StoredFacts<IngressClassFacts>> = {
  kind: 'IngressClass',
  name: 'ingressclasses.networking.k8s.io',
  path: '/apis/networking.k8s.io/v1/ingressclasses',
  clusterWide: true,
  reduce: (object) => ({
    ...identify(object),
    isDefault: object.metadata.annotations?.['ingressclass.kubernetes.io/is-default-class'] === 'true',
  }),
};

/** The objects that make the control plane call Services: one object may name several. */
export type StoredCaller = Identified & { readonly calls: readonly ControlPlaneCallFacts[] };

interface RawWebhook {
  readonly clientConfig?: {
    readonly service?: { readonly namespace: string; readonly name: string; readonly port?: number };
  };
}

function webhookConfigurations(kind: string, plural: string): Kind<StoredCaller> {
  return {
    kind,
    name: `${plural}.admissionregistration.k8s.io`,
    path: `/apis/admissionregistration.k8s.io/v1/${plural}`,
    clusterWide: true,
    reduce: (object) => {
      const webhooks = (object as { readonly webhooks?: readonly RawWebhook[] }).webhooks ?? [];
      const called = webhooks.flatMap(({ clientConfig }) => clientConfig?.service ?? []);
      return {
        ...identify(object),
        calls: called.map((service) => callOf(`${kind}/${object.metadata.name}`, service)),
      };
    },
  };
}

export const validatingWebhooks = webhookConfigurations(
  'ValidatingWebhookConfiguration',
  'validatingwebhookconfigurations',
);
export const mutatingWebhooks = webhookConfigurations(
  'MutatingWebhookConfiguration',
  'mutatingwebhookconfigurations',
);

export const apiServices: Kind<StoredCaller> = {
  kind: 'APIService',
  name: 'apiservices.apiregistration.k8s.io',
  path: '/apis/apiregistration.k8s.io/v1/apiservices',
  clusterWide: true,
  reduce: (object) => {
    const { service } = specOf<{ service?: { namespace: string; name: string; port?: number } }>(object);
    return {
      ...identify(object),
      calls: service ? [callOf(`APIService/${object.metadata.name}`, service)] : [],
    };
  },
};

/** The port defaults to 443 in both APIs. */
function callOf(
  caller: string,
  {
    namespace,
    name,
    port = 443,
  }: { readonly namespace: string; readonly name: string; readonly port?: number },
): ControlPlaneCallFacts {
  return { caller, service: { namespace, name, port } };
}
