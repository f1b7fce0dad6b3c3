// The parts of objects that lead to Services from outside. All other fields are accepted.
// Must not know how they are used.
import * as z from 'zod';

const portNumber = z.int().min(1).max(65_535);

const backend = z.looseObject({
  service: z
    .looseObject({
      name: z.string(),
      port: z.looseObject({ number: portNumber.optional(), name: z.string().optional() }).optional(),
    })
    .optional(),
  resource: z.looseObject({ kind: z.string(), name: z.string() }).optional(),
});

const path = z.looseObject({ backend });

const ingressRule = z.looseObject({ http: z.looseObject({ paths: z.array(path) }).optional() });

/** `networking.k8s.io/v1` Ingress. */
export const ingress = z.looseObject({
  spec: z
    .looseObject({
      ingressClassName: z.string().optional(),
      defaultBackend: backend.optional(),
      rules: z.array(ingressRule).optional(),
    })
    .optional(),
});

const reference = z.looseObject({
  group: z.string().optional(),
  kind: z.string().optional(),
  namespace: z.string().optional(),
  name: z.string(),
  sectionName: z.string().optional(),
  port: portNumber.optional(),
});

const filters = z.array(
  z.looseObject({ requestMirror: z.looseObject({ backendRef: reference }).optional() }),
);

const gatewayRule = z.looseObject({
  filters: filters.optional(),
  backendRefs: z.array(z.looseObject({ ...reference.shape, filters: filters.optional() })).optional(),
});

/** A route of the Gateway API, of any kind and version. */
export const gatewayRoute = z.looseObject({
  spec: z.looseObject({
    hostnames: z.array(z.string()).optional(),
    parentRefs: z.array(reference).optional(),
    rules: z.array(gatewayRule).optional(),
  }),
});

const selector = z.looseObject({
  matchLabels: z.record(z.string(), z.string()).optional(),
  matchExpressions: z
    .array(
      z.looseObject({
        key: z.string(),
        operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
        values: z.array(z.string()).optional(),
      }),
    )
    .optional(),
});

const allowed = z.looseObject({
  namespaces: z.looseObject({ from: z.string().optional(), selector: selector.optional() }).optional(),
});

const listener = z.looseObject({
  name: z.string(),
  port: portNumber.optional(),
  protocol: z.string(),
  hostname: z.string().optional(),
  tls: z.looseObject({ mode: z.string().optional() }).optional(),
  allowedRoutes: z
    .looseObject({
      ...allowed.shape,
      kinds: z.array(z.looseObject({ group: z.string().optional(), kind: z.string() })).optional(),
    })
    .optional(),
});

/** `gateway.networking.k8s.io/v1` Gateway. */
export const gateway = z.looseObject({
  spec: z.looseObject({
    gatewayClassName: z.string(),
    listeners: z.array(listener).optional(),
    allowedListeners: allowed.optional(),
  }),
});

/** `gateway.networking.k8s.io/v1` ListenerSet. */
export const listenerSet = z.looseObject({
  spec: z.looseObject({ parentRef: reference, listeners: z.array(listener).optional() }),
});
