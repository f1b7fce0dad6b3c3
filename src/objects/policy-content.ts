// The whole content of a policy, where the cache's fingerprint is not enough: for the analysis, and for the few policies of ours whose
// rules are kept. Written for objects that the API server, or a schema, validated; must not know how it is used.
import * as z from 'zod';
import type { PolicyFacts, PolicySpec } from '../analyze/facts.ts';
import type { RawObject } from '../kube/resource.ts';
import type { PolicyPort } from '../model/network-policy.ts';
import {
  apiVersion,
  descriptionAnnotation,
  discoveredForAnnotation,
  isOurs,
  type Owner,
  routesAnnotation,
  type StoredContent,
  type StoredRule,
} from '../model/policies.ts';
import { specOf } from './kind.ts';

/** Reads a policy; `undefined` if it does not have the form in which we write policies: one direction, and owned by a profile. */
export function readContent(object: RawObject): StoredContent | undefined {
  const { podSelector = {}, policyTypes = [], ingress = [], egress = [] } = specOf<PolicySpec>(object);
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
      // The API server has filled in each protocol.
      ports: ports as readonly PolicyPort[],
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

/** A policy of any author, which `networkPolicyObject` has checked, as the analysis reads it. */
export function readPolicyFacts(object: RawObject): PolicyFacts {
  const { namespace = '', name, labels = {}, annotations = {} } = object.metadata;
  const facts = { namespace, name, spec: specOf<PolicySpec>(object) };
  if (!isOurs(name, labels)) return facts;
  const owner = ownerOf(object);
  // An annotation is a hint for people: an unreadable one means nothing.
  const origins = originLists.safeParse(readJson(annotations[routesAnnotation])).data;
  return {
    ...facts,
    ...(owner && { owner: { kind: owner.kind, name: owner.name } }),
    ...(origins && { origins }),
  };
}

const originLists = z.array(z.array(z.string()));

/** The value of an annotation; `undefined` if it is not JSON because somebody edited it. */
function readJson(text: string | undefined): unknown {
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
