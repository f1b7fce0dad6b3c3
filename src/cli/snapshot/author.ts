// Who wrote an object, as far as its metadata tells. Kubernetes stores programs, not persons.
// Must not know the kind of the object.
import type { RawManagedFields, RawMetadata } from '../../kube/resource.ts';

/** The controller of an object, as in `Kafka events`, or else the program that wrote its spec last; `undefined` if neither is known. */
export function authorOf({ ownerReferences, managedFields }: RawMetadata): string | undefined {
  const controller = listOf(ownerReferences).find((reference) => reference.controller === true);
  if (controller !== undefined) return `${controller.kind} ${controller.name}`;
  const [last] = listOf(managedFields)
    .filter(({ fieldsV1 }: RawManagedFields) => fieldsV1?.['f:spec'] !== undefined)
    .sort((a, b) => `${b.time}`.localeCompare(`${a.time}`));
  return last?.manager;
}

function listOf<T>(list: readonly T[] | undefined): readonly T[] {
  return Array.isArray(list) ? list : [];
}
