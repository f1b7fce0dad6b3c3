// Folders whose files are not what will be applied: charts of Helm, and Kustomizations that change what their files say.
// Must not know which folders are read.
import { existsSync, readFileSync } from 'node:fs';
import { basename, join, normalize } from 'node:path';
import { parse } from 'yaml';

/** Why a folder is not read file by file, and what to do instead. */
export interface BuiltFolder {
  readonly message: string;
  readonly hint: string;
}

/** The names of Kustomize's file (`RecognizedKustomizationFileNames` in sigs.k8s.io/kustomize). */
const kustomizationNames: readonly string[] = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

/** Fields that only name objects: with any other field, the output of Kustomize differs from the files. */
const listing: readonly string[] = ['apiVersion', 'kind', 'metadata', 'resources', 'bases'];

/** What builds the objects of a folder; `undefined` if its files are the objects. */
export function builtFolder(folder: string): BuiltFolder | undefined {
  if (existsSync(join(folder, 'Chart.yaml'))) {
    return {
      message: 'is a Helm chart: its templates are no objects yet',
      hint: `\`helm template ${folder} | ringfence … -f -\``,
    };
  }
  const file = kustomizationNames.map((name) => join(folder, name)).find(existsSync);
  if (file === undefined || listsOnlyItsOwn(file)) return undefined;
  return {
    message: 'is a Kustomization that changes or adds to its files: they are not what will be applied',
    hint: `\`-k ${folder}\` reads what \`kubectl kustomize\` makes of it`,
  };
}

/** Whether a file is a Kustomization, whose `kind` may be left out. */
export function isKustomization(file: string): boolean {
  return kustomizationNames.includes(basename(file));
}

/** Whether a Kustomization only lists files of its own folder. */
function listsOnlyItsOwn(file: string): boolean {
  const written = readFields(file);
  if (written === undefined) return false;
  const isListing = Object.keys(written).every((field) => listing.includes(field));
  const { resources = [], bases = [] } = written;
  const named = [resources, bases].flat();
  return isListing && named.every((name) => typeof name === 'string' && isInside(name));
}

function isInside(name: string): boolean {
  return (
    !/^[\w.-]+:\/\//.test(name) && /\.(ya?ml|json)$/.test(name) && !/^\.\.|^\/|[/\\]/.test(normalize(name))
  );
}

function readFields(file: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = parse(readFileSync(file, 'utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
