// What every status and every policy must say when nothing happens any more, whatever happened before.
// Looks only at stored objects, and knows nothing of the operator.
import type { AnyCluster, StoredCondition, StoredPolicy } from '../cluster.ts';
import { transition } from '../cluster.ts';

/** A profile, of a team or of the platform, with the checked fields. */
interface Profile {
  readonly metadata: {
    readonly namespace?: string;
    readonly name: string;
    readonly uid: string;
    readonly generation: number;
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly counts?: Readonly<Record<string, number>>;
    readonly failing?: readonly object[];
    readonly conditions?: readonly (StoredCondition & { readonly observedGeneration?: number })[];
  };
}

/** Everything that is checked. */
export interface Stored {
  readonly policies: readonly StoredPolicy[];
  readonly profiles: readonly Profile[];
  readonly platform: Profile | undefined;
}

const group = '/apis/ringfence.dev/v1alpha1';

/** Reads the stored objects. */
export async function readStored(cluster: AnyCluster): Promise<Stored> {
  const list = async <T>(path: string) => (await cluster.api.json<{ items: T[] }>('GET', path)).items;
  const policies = await list<StoredPolicy>('/apis/networking.k8s.io/v1/networkpolicies');
  return {
    policies: policies.filter(isOurs),
    profiles: await list<Profile>(`${group}/appnetworkprofiles`),
    platform: (await list<Profile>(`${group}/platformnetworkprofiles`))[0],
  };
}

/** What is wrong, as texts. */
export function disorder({ policies, profiles, platform }: Stored): readonly string[] {
  const owners = [...profiles, ...(platform === undefined ? [] : [platform])];
  return [
    ...policies.flatMap((policy) => badOwner(policy, new Set(owners.map(({ metadata }) => metadata.uid)))),
    ...policies
      .filter(({ metadata }) => metadata.name.startsWith(transition))
      .map((each) => `${nameOf(each)} is left`),
    ...owners.flatMap(oldStatus),
    ...(platform === undefined ? [] : badPlatform(platform, policies.length)),
  ];
}

function isOurs({ metadata: { name, labels } }: StoredPolicy): boolean {
  return name.startsWith('ringfence-') && labels?.['app.kubernetes.io/managed-by'] === 'ringfence';
}

function badOwner(policy: StoredPolicy, living: ReadonlySet<string>): readonly string[] {
  const owners = policy.metadata.ownerReferences ?? [];
  const [owner] = owners;
  if (owner === undefined || owners.length > 1) return [`${nameOf(policy)} has ${owners.length} owners`];
  return living.has(owner.uid) ? [] : [`${nameOf(policy)} is owned by a profile that is gone`];
}

function oldStatus(profile: Profile): readonly string[] {
  const { generation } = profile.metadata;
  const { observedGeneration, conditions = [] } = profile.status ?? {};
  const old = [
    { what: 'status', of: observedGeneration },
    ...conditions.map((each) => ({ what: `condition ${each.type}`, of: each.observedGeneration })),
  ].filter(({ of }) => of !== generation);
  return old.map(
    ({ what, of }) => `the ${what} of ${nameOf(profile)} is of generation ${of}, not ${generation}`,
  );
}

function badPlatform({ status }: Profile, policies: number): readonly string[] {
  const { counts = {}, failing = [], conditions = [] } = status ?? {};
  const ready = conditions.find(({ type }) => type === 'Ready');
  return [
    ...(counts.policies === policies
      ? []
      : [`the platform counts ${counts.policies} policies of ${policies}`]),
    ...(counts.transitioning ? [`the platform counts ${counts.transitioning} in transition`] : []),
    ...(failing.length > 0 ? [`the platform says that these fail: ${JSON.stringify(failing)}`] : []),
    ...(ready?.status === 'True' ? [] : [`the platform is not Ready: ${JSON.stringify(ready)}`]),
  ];
}

function nameOf({
  metadata: { namespace = '', name },
}: {
  metadata: { namespace?: string; name: string };
}): string {
  return `${namespace}/${name}`;
}
