// Why the API server forbids a request (403), as data. Of two refusals its Status holds no more than a sentence: this is the
// only file that reads them, each with a link to the source that makes it; `e2e/operator/refusals.test.ts` hears them from a real
// server. Must not know what follows from a refusal.

/** Why a request is forbidden. */
export type Refusal =
  /** By the authorizer: a permission is missing. */
  | { readonly cause: 'PermissionMissing' }
  /** The namespace around the object is on its way out. */
  | { readonly cause: 'NamespaceTerminating' }
  | { readonly cause: 'QuotaExceeded'; readonly exceeded: ExceededQuota }
  /** By an admission webhook or plugin, or by who answers in the server's place. */
  | { readonly cause: 'Other' };

/** A ResourceQuota that has no room for what was requested. */
export interface ExceededQuota {
  /** Its name. */
  readonly quota: string;
  /** By resource that there is no room for. */
  readonly amounts: ReadonlyMap<string, QuotaAmounts>;
}

/** How much of a resource is used and allowed; absent where the server writes a quantity that is no whole number. */
export interface QuotaAmounts {
  readonly used: number | undefined;
  readonly limited: number | undefined;
}

/** What is read of the `details` of a `metav1.Status`. */
interface StatusDetails {
  readonly causes?: readonly { readonly reason?: string }[] | undefined;
}

/** Reads a Status with the code 403. */
export function refusalOf(message: string, details: unknown): Refusal {
  // `NamespaceTerminatingCause` in https://github.com/kubernetes/kubernetes/blob/v1.31.0/staging/src/k8s.io/api/core/v1/types.go
  const { causes } = (details ?? {}) as StatusDetails;
  if (Array.isArray(causes) && causes.some((cause) => cause?.reason === 'NamespaceTerminating'))
    return { cause: 'NamespaceTerminating' };
  if (isByAuthorizer(message)) return { cause: 'PermissionMissing' };
  const exceeded = exceededQuota(message);
  return exceeded === undefined ? { cause: 'Other' } : { cause: 'QuotaExceeded', exceeded };
}

/**
 * The sentence of `forbiddenMessage` in
 * https://github.com/kubernetes/kubernetes/blob/v1.31.0/staging/src/k8s.io/apiserver/pkg/endpoints/handlers/responsewriters/errors.go
 */
function isByAuthorizer(message: string): boolean {
  return /forbidden: User ".*" cannot /.test(message);
}

/**
 * The sentence of `CheckRequest` in
 * https://github.com/kubernetes/kubernetes/blob/v1.31.0/staging/src/k8s.io/apiserver/pkg/admission/plugin/resourcequota/controller.go
 */
function exceededQuota(message: string): ExceededQuota | undefined {
  const [, quota, requested = '', used = '', limited = ''] =
    /exceeded quota: (\S+), requested: (\S+), used: (\S+), limited: (\S+)/.exec(message) ?? [];
  if (quota === undefined) return undefined;
  const [usedOf, limitedOf] = [quantitiesIn(used), quantitiesIn(limited)];
  const amounts = [...quantitiesIn(requested).keys()].map(
    (resource) => [resource, { used: usedOf.get(resource), limited: limitedOf.get(resource) }] as const,
  );
  return { quota, amounts: new Map(amounts) };
}

/** The quantities in a list such as `count/networkpolicies.networking.k8s.io=1,pods=3`. */
function quantitiesIn(list: string): ReadonlyMap<string, number | undefined> {
  return new Map(
    list.split(',').map((each) => {
      const [resource = '', quantity] = each.split('=');
      return [resource, parseQuantity(quantity)];
    }),
  );
}

const suffixes: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['k', 1000],
  ['M', 1000 ** 2],
  ['Ki', 1024],
  ['Mi', 1024 ** 2],
]);

/** A Quantity of Kubernetes that is a whole number: the server writes 1000 as `1k`. */
function parseQuantity(text = ''): number | undefined {
  const [, digits, suffix = ''] = /^(\d+)([a-z]*)$/i.exec(text) ?? [];
  const factor = suffixes.get(suffix);
  return digits === undefined || factor === undefined ? undefined : Number(digits) * factor;
}
