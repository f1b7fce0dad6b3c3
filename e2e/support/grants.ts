// Roles taken apart into single grants, so that a test can take one away and put the rest together again.
// Pure. Must not know what a permission is for.

/** A rule of a Role or ClusterRole, as far as ours have them. */
export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

/** A Role or ClusterRole. */
export interface Role {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly rules: readonly Rule[];
}

/** One verb on one resource. */
export interface Grant {
  readonly verb: string;
  /** With its group and subresource: `networkpolicies.networking.k8s.io`, `appnetworkprofiles/status.ringfence.dev`. */
  readonly resource: string;
  /** The only object that it is for, if there is one. */
  readonly object?: string;
}

/** What is removed at once: what a rule lets the operator read, or any other verb on one resource. */
export interface Permission {
  readonly role: Role;
  readonly grants: readonly Grant[];
}

const reading = ['list', 'watch'];

/** Every grant of a role. */
export function grantsOf(role: Role): readonly Grant[] {
  return role.rules.flatMap(grantsOfRule);
}

function grantsOfRule({ apiGroups, resources, verbs, resourceNames: [object] = [] }: Rule): readonly Grant[] {
  const names = apiGroups.flatMap((group) => resources.map((resource) => qualified(resource, group)));
  return names.flatMap((resource) =>
    verbs.map((verb) => ({ verb, resource, ...(object === undefined ? {} : { object }) })),
  );
}

/** `create networkpolicies.networking.k8s.io`. */
export function formatGrant({ verb, resource }: Grant): string {
  return `${verb} ${resource}`;
}

/** `networkpolicies.networking.k8s.io`; the core group, which has no name, has no dot. */
export function qualified(resource: string, group: string): string {
  return group === '' ? resource : `${resource}.${group}`;
}

/** What can be removed from roles, one after the other. */
export function permissionsOf(roles: readonly Role[]): readonly Permission[] {
  return roles.flatMap((role) =>
    role.rules.flatMap((rule) => {
      const [read = [], others = []] = partition(grantsOfRule(rule), ({ verb }) => reading.includes(verb));
      return [...(read.length > 0 ? [read] : []), ...others.map((grant) => [grant])].map((grants) => ({
        role,
        grants,
      }));
    }),
  );
}

/** The rules of its role without a permission. */
export function rulesWithout({ role, grants }: Permission): readonly Rule[] {
  const gone = new Set(grants.map(formatGrant));
  const single = role.rules.flatMap((rule) =>
    rule.apiGroups.flatMap((group) =>
      rule.resources.map((resource) => ({
        ...rule,
        apiGroups: [group],
        resources: [resource],
        verbs: rule.verbs.filter(
          (verb) => !gone.has(formatGrant({ verb, resource: qualified(resource, group) })),
        ),
      })),
    ),
  );
  return single.filter(({ verbs }) => verbs.length > 0);
}

function partition<T>(all: readonly T[], test: (each: T) => boolean): readonly (readonly T[])[] {
  return [all.filter(test), all.filter((each) => !test(each))];
}
