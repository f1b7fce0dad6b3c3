// The flags that several verbs share: they mean the same everywhere.
// Must not know a verb.
import { Option } from 'commander';
import { type OutputTarget, parseTarget } from './output/output-target.ts';

/** The input, as flags. */
export interface InputFlags {
  readonly filename?: readonly string[];
  readonly kustomize?: readonly string[];
  readonly recursive?: boolean;
  /** The namespace of objects and ends without one; see `namespaceOf`. */
  readonly namespace?: string;
  readonly operatorNamespace: string;
  /** Whether profiles need a platform profile; see `requirePlatform`. */
  readonly platform?: boolean;
  /** Whether the platform profile comes from a cluster, although the rest comes from files. */
  readonly platformFromCluster?: boolean;
}

/** The namespace of objects and ends without one. */
export function namespaceOf({ namespace = 'default' }: Pick<InputFlags, 'namespace'>): string {
  return namespace;
}

/** Whether the flags name files to read. */
export function namesFiles({ filename = [], kustomize = [] }: InputFlags): boolean {
  return filename.length + kustomize.length > 0;
}

/** The cluster to read, as flags. */
export interface ClusterFlags {
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** Which namespaces count as enforced, as flags. */
export interface EnforceFlags {
  /** Whether those in a dry run do. */
  readonly enforce?: boolean;
}

/** How a verb writes to a cluster, as flags. */
export interface WriteFlags {
  /** The API server checks everything and stores nothing. */
  readonly dryRun?: boolean;
}

/** A flag that names a file or a folder. */
export class FileOption extends Option {}

/** `-o`: a format, the first of which is the default, or a file. */
export class OutputOption extends Option {
  readonly formats: readonly string[];

  /** @param help what it selects */
  constructor(formats: readonly string[], help: string) {
    super('-o, --output <format|file>', `${help}: ${formats.join(', ')}; or a file with such an extension`);
    this.formats = formats;
    const [format = ''] = formats;
    this.default({ format } satisfies OutputTarget, format);
    this.argParser((written) => parseTarget(formats, written));
  }
}

/**
 * `-f`, `-k`, `-R`, `-n`: as in kubectl.
 *
 * @param namespaceMeans what `-n` does besides
 */
export function inputOptions(namespaceMeans?: string): readonly Option[] {
  const also = namespaceMeans === undefined ? '' : `${namespaceMeans}; also `;
  return [
    repeatable(new FileOption('-f, --filename <path>', 'a file, a folder, or - for stdin; may be repeated')),
    repeatable(
      new FileOption('-k, --kustomize <folder>', 'a Kustomization, which kubectl builds; may be repeated'),
    ),
    new Option('-R, --recursive', 'also read subfolders'),
    new Option('-n, --namespace <name>', `${also}the namespace of objects that name none (default: default)`),
    new Option('--operator-namespace <name>', 'the namespace of the operator, which is never fenced').default(
      'ringfence-system',
    ),
  ];
}

/** `--platform-from-cluster`, `--no-platform`. */
export function platformOptions(): readonly Option[] {
  return [
    new Option(
      '--platform-from-cluster',
      'with -f, read the platform profile from the cluster, and the Namespaces that the files lack',
    ).conflicts('platform'),
    new Option('--no-platform', 'with -f, answer also if profiles have no effect without a platform profile'),
  ];
}

/** `--kubeconfig`, `--context`. */
export function clusterOptions(): readonly Option[] {
  return [
    new FileOption('--kubeconfig <file>', 'the kubeconfig (default: the same as kubectl)'),
    new Option('--context <name>', 'the context of the kubeconfig (default: the current one)'),
  ];
}

/** `--enforce`. */
export function enforceOption(): Option {
  return new Option('--enforce', 'treat namespaces in dry run as enforced');
}

/** `--dry-run`. */
export function writeOptions(): readonly Option[] {
  return [new Option('--dry-run', 'let the API server check everything, and write nothing')];
}

/** Makes an option repeatable. */
export function repeatable(option: Option): Option {
  return option.argParser((value: string, before: readonly string[] = []) => [...before, value]);
}
