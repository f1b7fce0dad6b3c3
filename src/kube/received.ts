// Checks what the server sent before anything uses it: whether it is an object, a list or an event of the requested
// kind. Anything else is a failure of the server, or of a gateway in between, and is requested again.
// Must not know an object beyond its metadata.
import { ApiError } from './errors.ts';
import type { RawMetadata, RawObject } from './resource.ts';

/** A page of a list. */
export interface ReceivedList {
  readonly items: readonly RawObject[];
  readonly version: string;
  /** Where the next page begins; absent on the last one. */
  readonly next: string | undefined;
}

/** An event of a watch. The object of a bookmark has only a version, and annotations. */
export type ReceivedEvent =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: RawObject }
  | { readonly type: 'BOOKMARK'; readonly object: { readonly metadata: BookmarkMetadata } }
  | { readonly type: 'ERROR'; readonly object: unknown };

type BookmarkMetadata = Pick<RawMetadata, 'resourceVersion' | 'annotations'>;

/**
 * An answer that should be an object of this kind.
 *
 * @throws ApiError if it is anything else
 */
export function receivedObject(answer: unknown, kind: string): RawObject {
  if (isObject(answer) && answer.kind === kind && hasMetadata(answer)) return answer;
  throw unexpected(`the answer is not a ${kind}`, answer);
}

/**
 * An answer that should be a list of objects of this kind, whose items need not name their kind.
 *
 * @throws ApiError if it, or one of its items, is anything else
 */
export function receivedList(answer: unknown, kind: string, listKind = `${kind}List`): ReceivedList {
  if (!isObject(answer) || answer.kind !== listKind)
    throw unexpected(`the answer is not a ${listKind}`, answer);
  const { metadata, items } = answer;
  if (!isObject(metadata) || !isVersion(metadata.resourceVersion) || !Array.isArray(items))
    throw unexpected(`the ${listKind} has no items or no version`, answer);
  for (const item of items) {
    if (!isObject(item) || !hasMetadata(item) || (item.kind ?? kind) !== kind)
      throw unexpected(`an item of the ${listKind} is not a ${kind}`, item);
  }
  const next = metadata.continue || undefined;
  if (next !== undefined && typeof next !== 'string')
    throw unexpected(`the ${listKind} does not say whether there are more pages`, metadata);
  return { items, version: metadata.resourceVersion, next };
}

/**
 * An answer that should be a list of the metadata of objects (`PartialObjectMetadataList` of meta/v1). The API server writes an
 * empty one with `items: null`.
 *
 * @throws ApiError if it is anything else
 */
export function receivedMetadataList(answer: unknown): ReceivedList {
  const isEmpty = isObject(answer) && answer.items === null;
  return receivedList(isEmpty ? { ...answer, items: [] } : answer, 'PartialObjectMetadata');
}

/**
 * A line of a watch of this kind.
 *
 * @throws ApiError if it is not an event of this kind
 */
export function receivedEvent(line: string, kind: string): ReceivedEvent {
  const event = parse(line);
  if (isObject(event)) {
    const { type, object } = event;
    if (type === 'ERROR') return { type, object };
    if (isObject(object) && object.kind === kind) {
      if (type === 'BOOKMARK' && isBookmark(object)) return { type, object };
      if ((type === 'ADDED' || type === 'MODIFIED' || type === 'DELETED') && hasMetadata(object))
        return { type, object };
    }
  }
  throw unexpected(`the watch sent a line that is not an event of a ${kind}`, line);
}

type Raw = Readonly<Record<string, unknown>>;

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isBookmark(object: Raw): object is Raw & { readonly metadata: BookmarkMetadata } {
  const { metadata } = object;
  return isObject(metadata) && isVersion(metadata.resourceVersion) && isTexts(metadata.annotations);
}

/** The metadata that the API server adds to every object. */
function hasMetadata(object: Raw): object is Raw & RawObject {
  const { metadata } = object;
  return (
    isObject(metadata) &&
    isName(metadata.name) &&
    isName(metadata.uid) &&
    isVersion(metadata.resourceVersion) &&
    (metadata.namespace === undefined || isName(metadata.namespace)) &&
    isTexts(metadata.labels) &&
    isTexts(metadata.annotations) &&
    isList(metadata.finalizers, (each) => typeof each === 'string') &&
    isList(metadata.ownerReferences, isObject)
  );
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** Decimal numbers within the API server's own kinds and CRDs (KEP-5504). */
function isVersion(value: unknown): value is string {
  return typeof value === 'string' && /^\d+$/.test(value);
}

function isTexts(value: unknown): boolean {
  if (value === undefined) return true;
  return isObject(value) && Object.values(value).every((each) => typeof each === 'string');
}

function isList(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return value === undefined || (Array.isArray(value) && value.every(isItem));
}

/** The server answered, but the answer is invalid: to be retried, like any failure of the server. */
function unexpected(what: string, value: unknown): ApiError {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return new ApiError(200, 'Unexpected', `${what}: ${String(text).slice(0, 200)}`);
}
