// From documents to objects: expands lists, finds mistakes, and counts the kinds that no verb reads.
// Must not know how a document was read, nor how an object is used.

import { isDeepStrictEqual } from 'node:util';
import { group } from '../../api/custom-resources.ts';
import { type Problem, pruneNulls } from '../../api/decode.ts';
import type { KubernetesObject } from '../../kube/resource.ts';
import { apiVersionOf } from '../../kube/served-path.ts';
import { nearest } from '../../model/did-you-mean.ts';
import { formatKey, type ObjectKey } from '../../model/object-key.ts';
import { failure, type Result, success } from '../../model/result.ts';
import { asStored, type WrittenObject } from '../../objects/as-stored.ts';
import { kinds as allKinds, groupOf, kindsInGroup } from '../../objects/kinds.ts';
import { mayMakePods } from '../../objects/pod-templates.ts';
import type { WrittenDocument } from './documents.ts';
import { isKustomization } from './folder-kinds.ts';
import { check, kindOf, type TypedObject } from './object-checks.ts';
import { formatLocation, type InputProblem } from './problems.ts';
import { routeAdvice, stepsOf, valueAt } from './route-advice.ts';

/** A document with its file. */
export interface FiledDocument {
  readonly file: string;
  readonly document: WrittenDocument;
}

/** An object, and where it was written. */
export interface InputObject {
  readonly object: KubernetesObject;
  /** Turns a problem of the object into one of its file. */
  readonly problem: (problem: Problem) => InputProblem;
}

/** The objects of some documents. */
export class ObjectCollector {
  readonly #namespace: string;
  readonly #objects = new Map<string, InputObject>();
  readonly #problems: InputProblem[] = [];
  readonly #ignored = new Map<string, number>();
  readonly #otherPolicies = new Map<string, number>();
  readonly #possibleMakers = new Map<string, number>();
  readonly #hidingNamespaces = new Set<string>();

  /** @param namespace that of objects without one */
  constructor(namespace: string) {
    this.#namespace = namespace;
  }

  get objects(): readonly InputObject[] {
    return [...this.#objects.values()];
  }

  get problems(): readonly InputProblem[] {
    return this.#problems;
  }

  /** The number of objects of each kind that no verb reads. */
  get ignored(): ReadonlyMap<string, number> {
    return this.#ignored;
  }

  /** The number of objects of each kind of policy that no verb reads, as in `CiliumNetworkPolicy (cilium.io/v2)`. */
  get otherPolicies(): ReadonlyMap<string, number> {
    return this.#otherPolicies;
  }

  /** The number of unread objects of each kind that may make pods, as in `Prometheus (monitoring.coreos.com/v1)`. */
  get possibleMakers(): ReadonlyMap<string, number> {
    return this.#possibleMakers;
  }

  /** The namespaces of these objects: there may be pods that are not known. */
  get hidingNamespaces(): ReadonlySet<string> {
    return this.#hidingNamespaces;
  }

  /** Adds the objects of one document. */
  add({ file, document }: FiledDocument): void {
    this.#addValue(document.value, { file, document, path: '' });
  }

  #addValue(value: unknown, origin: Origin, implied?: Implied): void {
    const object = readObject(value, implied);
    if (!object.ok) {
      if (isKustomization(origin.file)) count(this.#ignored, 'Kustomization');
      else this.#problems.push(problemAt(origin, invalid('', object.error)));
      return;
    }
    const { kind, apiVersion } = object.value;
    const items = itemsOf(object.value);
    if (items === undefined) {
      this.#addObject(object.value, origin);
      return;
    }
    const ofItems = kind === 'List' ? undefined : { kind: kind.replace(/List$/, ''), apiVersion };
    for (const [index, item] of items.entries()) {
      this.#addValue(item, { ...origin, path: join(origin.path, `items[${index}]`) }, ofItems);
    }
  }

  #addUnknown(object: TypedObject, origin: Origin): void {
    const { apiVersion, kind, metadata } = object;
    const meant = kindMeant(object);
    const versioned = `${kind} (${apiVersion})`;
    if (meant !== undefined) this.#problems.push(problemAt(origin, unknownKind(object, meant)));
    else if (kind.endsWith('NetworkPolicy')) count(this.#otherPolicies, versioned);
    else if (mayMakePods(object)) {
      count(this.#possibleMakers, versioned);
      const { namespace } = metadata as { namespace?: unknown };
      this.#hidingNamespaces.add(typeof namespace === 'string' ? namespace : this.#namespace);
    } else count(this.#ignored, isReadInOther(object) ? versioned : kind);
  }

  #addObject(object: TypedObject, origin: Origin): void {
    const { apiVersion, kind } = object;
    const known = kindOf(object);
    if (known === undefined) {
      this.#addUnknown(object, origin);
      return;
    }
    const written = withNamespace(object, !known.clusterWide, this.#namespace);
    const problems = check(known, written);
    if (problems.length > 0) {
      this.#problems.push(...problems.map((problem) => problemAt(origin, problem)));
      return;
    }
    const { generateName = '', name = `${generateName}*` } = written.metadata as Partial<GeneratedName>;
    const prefix = `${groupOf(apiVersion)} ${kind}`;
    const made = generateName === '' ? name : this.#freeName(prefix, written, name);
    const stored = asStored({ ...written, metadata: { ...written.metadata, name: made } } as WrittenObject);
    const identity = identityOf(prefix, stored.metadata);
    const twin = this.#objects.get(identity);
    const problem = (about: Problem) => problemAt(origin, about);
    if (twin === undefined) this.#objects.set(identity, { object: stored, problem });
    // What is there twice, word for word, is one object: `kubectl get all,deployments` prints it twice.
    else if (!isDeepStrictEqual(twin.object, stored)) {
      const { namespace = '' } = stored.metadata;
      this.#problems.push({ ...problem(duplicate(kind, { namespace, name: made }, twin)), hint: oneSetup });
    }
  }

  /** The API server makes a name for each object that has only the beginning of one: none of them is a duplicate. */
  #freeName(prefix: string, { metadata }: TypedObject, name: string): string {
    let free = name;
    for (let number = 2; this.#objects.has(identityOf(prefix, { ...metadata, name: free })); number += 1) {
      free = `${name}${number}`;
    }
    return free;
  }
}

interface GeneratedName {
  readonly generateName: string;
  readonly name: string;
}

function identityOf(prefix: string, { namespace = '', name }: Partial<ObjectKey> & { name: string }): string {
  return `${prefix} ${namespace}/${name}`;
}

function count(counts: Map<string, number>, kind: string): void {
  counts.set(kind, (counts.get(kind) ?? 0) + 1);
}

/** Where an object was written. */
interface Origin {
  readonly file: string;
  readonly document: WrittenDocument;
  /** The path of the object in its document: it may be in a list. */
  readonly path: string;
}

/** The fields that the items of a typed list need not repeat. */
interface Implied {
  readonly kind: string;
  readonly apiVersion: string;
}

/** The items of a list; programs written in Go print an empty one as `null`. Undefined if an object is none. */
function itemsOf({
  kind,
  metadata,
  items,
}: TypedObject & { readonly items?: unknown }): readonly unknown[] | undefined {
  if (!kind.endsWith('List')) return undefined;
  if (Array.isArray(items)) return items;
  return items === undefined && !('name' in metadata) ? [] : undefined;
}

/** An object of the Kubernetes API, or why it is none. */
function readObject(value: unknown, implied: Implied | undefined): Result<TypedObject, string> {
  const none = 'is not an object of the Kubernetes API';
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return failure(`${none}: expected one with \`apiVersion\` and \`kind\``);
  }
  const object = { ...implied, metadata: {}, ...(pruneNulls(value) as Partial<TypedObject>) };
  const missing = (['apiVersion', 'kind'] as const).filter((field) => typeof object[field] !== 'string');
  if (missing.length === 0) return success(object as TypedObject);
  return failure(`${none}: it has no ${missing.map((field) => `\`${field}\``).join(' and no ')}`);
}

/**
 * The kind that was probably meant. An object of a misspelt kind would be missing: API servers refuse it. Other groups belong to
 * other programs, which have more kinds than we know.
 */
function kindMeant({ apiVersion, kind }: TypedObject): readonly string[] | undefined {
  const ofGroup = kindsInGroup(groupOf(apiVersion));
  if (apiVersion.startsWith(`${group}/`)) return ofGroup;
  return builtIn.includes(groupOf(apiVersion)) && nearest(kind, ofGroup) !== undefined ? ofGroup : undefined;
}

/** Groups of Kubernetes whose other kinds have names that no one mistakes for those that we know. */
const builtIn: readonly string[] = ['', 'apps', 'batch', 'networking.k8s.io'];

/** Whether a kind of this name is read, but of another group or version. */
function isReadInOther({ apiVersion, kind }: TypedObject): boolean {
  return allKinds.some((known) => known.kind === kind && apiVersionOf(known.path) !== apiVersion);
}

function unknownKind({ kind: written, apiVersion }: TypedObject, allowed: readonly string[]): Problem {
  const message = `\`${apiVersion}\` has no kind \`${written}\``;
  return { code: 'Invalid', path: 'kind', message, written, allowed };
}

function withNamespace(object: TypedObject, namespaced: boolean, fallback: string): TypedObject {
  const { namespace, ...metadata } = object.metadata as { namespace?: unknown };
  if (!namespaced) return { ...object, metadata };
  return { ...object, metadata: { ...metadata, namespace: namespace ?? fallback } };
}

const oneSetup =
  'a cluster has one object of this name, and kubectl would keep the last: if the files are of different clusters or environments, name those of one of them with `-f`';

function duplicate(kind: string, key: ObjectKey, twin: InputObject): Problem {
  const first = formatLocation(twin.problem(invalid('metadata.name', '')));
  return invalid('metadata.name', `duplicate ${kind} \`${formatKey(key)}\`: the first is at ${first}`);
}

function invalid(path: string, message: string): Problem {
  return { code: 'Invalid', path, message };
}

function problemAt(origin: Origin, problem: Problem): InputProblem {
  const whole = join(origin.path, problem.path);
  const place = origin.document.place(whole, problem.code === 'UnknownField' ? 'key' : 'value');
  // In a text that is too large to find places in, only this identifies the item of a list.
  const named = place === undefined ? whole : problem.path;
  const subject = named === '' ? '' : `${named}: `;
  const hint = routeAdvice(problem, valueAt(origin.document.value, stepsOf(origin.path)));
  const message = hint === undefined ? plainer(problem, place?.source ?? '') : statement(problem);
  return { file: origin.file, place, message: `${subject}${message}`, ...(hint && { hint }) };
}

/** Suggests the word that was probably meant instead of listing all allowed ones, or quotes if YAML reads a text as another type. */
function plainer(problem: Problem, source: string): string {
  const { code, message, written = '', allowed = [] } = problem;
  const meant = nearest(written, allowed);
  if (meant !== undefined) return `${statement(problem)}: did you mean \`${meant}\`?`;
  return code === 'UnquotedString' && !source.includes('"') ? `${message}: put it in quotes` : message;
}

/** What is wrong, without the list of fields that are allowed. */
function statement({ code, message }: Problem): string {
  return code === 'UnknownField' ? 'is not a field' : message;
}

function join(path: string, rest: string): string {
  return path === '' || rest === '' || rest.startsWith('[') ? `${path}${rest}` : `${path}.${rest}`;
}
