// Takes permissions away from the operator and gives them back, and asks the API server who may do what.
// Must not know what the operator needs them for.
import { type AnyCluster, readManifests } from '../cluster.ts';
import { formatGrant, type Grant, type Permission, type Role, rulesWithout } from './grants.ts';

export const rbac = '/apis/rbac.authorization.k8s.io/v1';

/** How RBAC names the operator's service account. */
export const operatorUser = 'system:serviceaccount:ringfence-system:ringfence-operator';

/** The roles that the operator is given. */
export function operatorRoles(): readonly Role[] {
  const manifests = readManifests('config/rbac/operator.yaml');
  return manifests.filter(({ kind }) => /Role$/.test(kind)) as unknown as Role[];
}

async function setRules(
  cluster: AnyCluster,
  { kind, metadata: { name, namespace } }: Role,
  rules: Role['rules'],
): Promise<void> {
  const place = namespace === undefined ? '' : `/namespaces/${namespace}`;
  await cluster.api.json('PATCH', `${rbac}${place}/${kind.toLowerCase()}s/${name}`, { rules });
}

/** Whether RBAC allows it, by the API server's own word. */
export async function may(
  cluster: AnyCluster,
  user: string,
  grant: Grant,
  namespace?: string,
): Promise<boolean> {
  const [path = '', ...group] = grant.resource.split('.');
  const [resource, subresource] = path.split('/');
  const { status } = await cluster.api.json<{ status: { allowed: boolean } }>(
    'POST',
    '/apis/authorization.k8s.io/v1/subjectaccessreviews',
    {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SubjectAccessReview',
      spec: {
        user,
        resourceAttributes: {
          verb: grant.verb,
          group: group.join('.'),
          resource,
          subresource,
          namespace,
          name: grant.object,
        },
      },
    },
  );
  return status.allowed;
}

/** Runs `act` while a permission is missing. */
export async function without(
  cluster: AnyCluster,
  permission: Permission,
  act: () => Promise<void>,
): Promise<void> {
  const { role, grants } = permission;
  const { namespace } = role.metadata;
  const become = (wanted: boolean) =>
    cluster.eventually(`may ${grants.map(formatGrant)}: ${wanted}`, async () => {
      const answers = await Promise.all(grants.map((grant) => may(cluster, operatorUser, grant, namespace)));
      return answers.every((answer) => answer === wanted);
    });
  await setRules(cluster, role, rulesWithout(permission));
  await become(false);
  try {
    await act();
  } finally {
    await setRules(cluster, role, role.rules);
    await become(true);
  }
}
