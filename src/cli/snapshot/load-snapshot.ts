// From the flags of a verb to its snapshot: of files if `-f` names some, or else of a cluster.
// Must not know the question.
import { formatProblem } from '../../api/decode.ts';
import { quoteSome } from '../../model/counted.ts';
import { selectsEverything } from '../../model/selectors.ts';
import type { ObjectProblem } from '../../objects/analysis-input.ts';
import type { ObjectReader } from '../../objects/object-reader.ts';
import type { PlatformFacts } from '../../view/cluster-view.ts';
import type { CommandContext } from '../command-context.ts';
import { ToolError } from '../failures.ts';
import { type Input, readInput } from '../input/input.ts';
import { InputError, type InputProblem } from '../input/problems.ts';
import { type ClusterFlags, type InputFlags, namesFiles, namespaceOf } from '../options.ts';
import { type ClusterSnapshot, snapshotOf } from './cluster-snapshot.ts';
import { type NamespaceElsewhere, platformFromCluster } from './platform-from-cluster.ts';

/** A snapshot, and its files. */
export interface LoadedSnapshot extends ClusterSnapshot {
  /** Absent if a cluster was read. */
  readonly input?: Input;
  /** With files and `--platform-from-cluster`: the namespaces of the cluster of which the files say nothing. */
  readonly elsewhere?: readonly NamespaceElsewhere[];
}

/**
 * Loads what the flags name.
 *
 * @throws the errors of `loadFiles` and `loadCluster`
 */
export async function loadSnapshot(
  flags: InputFlags & ClusterFlags,
  context: CommandContext,
): Promise<LoadedSnapshot> {
  if (!namesFiles(flags)) return loadCluster(flags, context);
  const snapshot = await loadFiles(flags, context);
  noteAssumed(snapshot, context);
  return snapshot;
}

/**
 * Loads the files that `-f` names.
 *
 * @throws InputError if anything in them is wrong; ToolError if `-f` is missing
 */
export async function loadFiles(
  flags: InputFlags & ClusterFlags,
  context: CommandContext,
): Promise<LoadedSnapshot> {
  const {
    filename: paths = [],
    kustomize: kustomizations = [],
    recursive = false,
    operatorNamespace,
  } = flags;
  if (!namesFiles(flags)) {
    throw new ToolError('name the files to read with `-f`: a file, a folder, or `-` for stdin');
  }
  const input = await readInput(
    { paths, kustomizations, recursive, namespace: namespaceOf(flags) },
    context.progress,
  );
  for (const text of input.notes) context.note(text);
  context.progress.show('compiling');
  const objects = input.objects.map(({ object }) => object);
  const live = flags.platformFromCluster ? await platformFromCluster(objects, flags, context) : undefined;
  const snapshot = snapshotOf([...objects, ...(live?.objects ?? [])], operatorNamespace);
  const problems = withoutEchoes(snapshot.problems).flatMap(
    ({ index, ...problem }) => input.objects[index]?.problem(problem) ?? [],
  );
  noteUnread(snapshot, objects.length, context);
  // A partial input is never used.
  if (input.problems.length + problems.length > 0) {
    throw new InputError(inOrder([...input.problems, ...problems]));
  }
  return { ...snapshot, input, ...(live && { elsewhere: live.elsewhere }) };
}

/**
 * Reports that profiles in files have no effect.
 *
 * @throws ToolError if there are profiles but no platform profile, unless the flags accept that
 */
export async function requirePlatform(
  { input, cluster }: LoadedSnapshot,
  flags: InputFlags & ClusterFlags,
): Promise<void> {
  const hasEffect = cluster.stores.profiles.size === 0 || cluster.stores.platforms.size > 0;
  if (input === undefined || hasEffect || flags.platform === false) return;
  const { hasPlatformProfile } = await import('./list-cluster.ts');
  const orLive = (await hasPlatformProfile(flags))
    ? ' read it from the cluster with `--platform-from-cluster`,'
    : '';
  throw new ToolError(
    `the input has profiles but no PlatformNetworkProfile, without which they have no effect: add its file with \`-f\`,${orLive} or ignore the profiles with \`--no-platform\``,
  );
}

/**
 * Loads the cluster of a kubeconfig. Unreadable objects are ignored, but never silently.
 *
 * @param read see `snapshotOf`
 * @throws the errors of `listCluster`
 */
export async function loadCluster(
  flags: Pick<InputFlags, 'operatorNamespace'> & ClusterFlags,
  context: CommandContext,
  read?: ObjectReader,
): Promise<LoadedSnapshot> {
  const { operatorNamespace } = flags;
  // Loaded when it is needed: what reads only files starts a quarter faster without Node's HTTPS.
  const { listCluster } = await import('./list-cluster.ts');
  const snapshot = snapshotOf(await listCluster(flags, context), operatorNamespace, read);
  noteUnread(snapshot, 0, context);
  return snapshot;
}

/** Reports objects of a cluster that can't be read. @param first the index of the first object of the cluster */
function noteUnread({ objects, problems }: ClusterSnapshot, first: number, { note }: CommandContext): void {
  for (const { index, ...problem } of problems.filter((each) => each.index >= first)) {
    const { kind, metadata } = objects[index] ?? { kind: 'object', metadata: { name: '' } };
    const name = `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
    note(`warning: ${name} can't be read and is ignored: ${formatProblem(problem)}`);
  }
}

/** Reports which namespaces are assumed: their labels decide whether they are ringed. */
export function noteAssumed(
  { assumedNamespaces: names, cluster }: ClusterSnapshot,
  { note }: CommandContext,
): void {
  if (names.length === 0) return;
  const which = names.length === 1 ? 'Namespace' : 'Namespaces';
  const rules = rulesByLabels(cluster.view().platform);
  const more =
    rules.length === 0
      ? ''
      : `, by which ${rules.length === 1 ? 'rule' : 'rules'} ${quoteSome(rules, 5)} of the platform profile ${rules.length === 1 ? 'selects' : 'select'} namespaces: add ${names.length === 1 ? 'its manifest' : 'their manifests'}`;
  note(`the input lacks the ${which} ${quoteSome(names, 5)}: assumed to exist, without labels${more}`);
}

function rulesByLabels(platform: PlatformFacts | undefined): readonly string[] {
  if (platform?.decoded.ok !== true) return [];
  return platform.decoded.value.spec.rules
    .filter(({ namespaces: { selector } }) => selector !== undefined && !selectsEverything(selector))
    .map(({ name }) => name);
}

/** File by file, in the order of reading, and within a file by line. */
function inOrder(problems: readonly InputProblem[]): readonly InputProblem[] {
  const files = [...new Set(problems.map(({ file }) => file))];
  const position = ({ place }: InputProblem) => place ?? { line: 0, column: 0 };
  const compare = (a: InputProblem, b: InputProblem) =>
    files.indexOf(a.file) - files.indexOf(b.file) ||
    position(a).line - position(b).line ||
    position(a).column - position(b).column;
  return [...problems].sort(compare);
}

/** If a field is unknown, the field that was meant is missing: both problems are one mistake, and the second is left out. */
function withoutEchoes(problems: readonly ObjectProblem[]): readonly ObjectProblem[] {
  const unknown = problems.filter(({ code }) => code === 'UnknownField');
  const isEcho = ({ index, path }: ObjectProblem) =>
    unknown.some((other) => other.index === index && other.path.startsWith(`${path}.`) && path !== '');
  return problems.filter((problem) => !isEcho(problem));
}
