// The content of a stored policy of ours, with the origins of each of its rules: for the few policies for which the cache's fingerprint
// is not enough. Written for objects that the API server validated; must not know how it is used.

import type { RawObject } from '../kube/resource.ts';
import type { Direction, Peer, PolicyPort } from '../model/network-policy.ts';
import {
  apiVersion,
  descriptionAnnotation,
  discoveredForAnnotation,
  type Owner,
  routesAnnotation,
  type StoredContent,
  type StoredRule,
} from '../model/policies.ts';
import type { LabelSelector } from '../model/selectors.ts';
import { specOf } from './reduce.ts';

interface RawPolicySpec {
  readonly podSelector?: LabelSelector;
  readonly policyTypes?: readonly Direction[];
  readonly ingress?: readonly RawRule[];
  readonly egress?: readonly RawRule[];
}

interface RawRule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports?: readonly PolicyPort[];
}

/** Reads a policy; `undefined` if it does not have the form in which we write policies: one direction, and owned by a profile. */
export function readContent(object: RawObject): StoredContent | undefined {
  const { podSelector = {}, policyTypes = [], ingress = [], egress = [] } = specOf<RawPolicySpec>(object);
  const owner = ownerOf(object);
  const [direction, ...more] = policyTypes;
  if (owner === undefined || direction === undefined || more.length > 0) return undefined;
  const annotations = object.metadata.annotations ?? {};
  const origins = readJson(annotations[routesAnnotation]);
  const discoveredFor = readJson(annotations[discoveredForAnnotation]);
  return {
    owner,
    description: annotations[descriptionAnnotation] ?? '',
    pods: podSelector,
    direction,
    rules: (direction === 'Ingress' ? ingress : egress).map(({ from = [], to = [], ports = [] }, index) => ({
      peers: [...from, ...to],
      ports,
      origins: originsAt(origins, index),
      discoveredFor: textAt(discoveredFor, index),
    })),
  };
}

function ownerOf({ metadata }: RawObject): Owner | undefined {
  const controller = metadata.ownerReferences?.find((reference) => reference.controller);
  if (controller === undefined || controller.apiVersion !== apiVersion) return undefined;
  const { kind, name = '', uid } = controller;
  return kind === 'AppNetworkProfile' || kind === 'PlatformNetworkProfile' ? { kind, name, uid } : undefined;
}

/** The value of an annotation; `undefined` if it is not JSON because somebody edited it. */
export function readJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return undefined;
  }
}

/** If there are many origins, the annotation contains the first of them and how many more there are. */
function originsAt(lists: unknown, index: number): StoredRule['origins'] {
  const list: unknown = Array.isArray(lists) ? lists[index] : undefined;
  if (!Array.isArray(list) || !list.every((origin) => typeof origin === 'string')) return undefined;
  return list.some((origin) => /^and \d+ more$/.test(origin)) ? undefined : list;
}

function textAt(texts: unknown, index: number): string | undefined {
  if (typeof texts !== 'object' || texts === null) return undefined;
  const text: unknown = (texts as Readonly<Record<number, unknown>>)[index];
  return typeof text === 'string' ? text : undefined;
}
