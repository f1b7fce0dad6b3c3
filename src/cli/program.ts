// The tool as a whole: its verbs, of which only the called one is loaded.
// Must not know what a verb does.
import { Command } from 'commander';
import type { DefinedVerb } from './define-verb.ts';
import { reportUsageErrors } from './usage-errors.ts';

/** A verb, whose code is loaded when it is called. */
export interface Verb {
  readonly name: string;
  /** In the list of verbs: a few words, lower case. */
  readonly summary: string;
  /** Whether only programs call it: it is not in the list. */
  readonly isHidden?: true;
  readonly load: () => Promise<Command>;
}

/** A verb of the tool. */
export interface ToolVerb extends Verb {
  readonly definition: () => Promise<DefinedVerb>;
}

/** The verbs of the tool, in the order of `--help`. */
export const toolVerbs: readonly ToolVerb[] = [
  toolVerb(
    'status',
    'show every namespace with its mode, its routes and its findings',
    async () => (await import('./status/command.ts')).statusVerb,
  ),
  toolVerb(
    'render',
    'print the NetworkPolicies that the operator would write',
    async () => (await import('./render/command.ts')).renderVerb,
  ),
  toolVerb(
    'plan',
    'show what would change: policies, and connections gained and lost',
    async () => (await import('./plan/command.ts')).planVerb,
  ),
  toolVerb(
    'explain',
    'explain whether one end may reach another, why, and if not, what to add',
    async () => (await import('./explain/command.ts')).explainVerb,
  ),
  toolVerb(
    'matrix',
    'print everything that is allowed',
    async () => (await import('./matrix/command.ts')).matrixVerb,
  ),
  toolVerb(
    'graph',
    'draw who reaches whom, as Mermaid, SVG or an interactive page',
    async () => (await import('./graph/command.ts')).graphVerb,
  ),
  toolVerb(
    'lint',
    'find mistakes in profiles and policies',
    async () => (await import('./lint/command.ts')).lintVerb,
  ),
  toolVerb(
    'verify',
    'try a connection in the cluster: does the network do what the policies say?',
    async () => (await import('./verify/command.ts')).verifyVerb,
  ),
  toolVerb(
    'canary',
    'show whether policies are in force, node by node, in the cluster',
    async () => (await import('./canary/command.ts')).canaryVerb,
  ),
  toolVerb(
    'pause',
    'open a namespace for a while, in the cluster',
    async () => (await import('./pause/command.ts')).pauseVerb,
  ),
  toolVerb(
    'resume',
    'end the pauses of a namespace, in the cluster',
    async () => (await import('./resume/command.ts')).resumeVerb,
  ),
  toolVerb(
    'crds',
    'print the CustomResourceDefinitions',
    async () => (await import('./crds/command.ts')).crdsVerb,
  ),
  toolVerb(
    'completion',
    'print a script that completes verbs and flags in a shell',
    async () => (await import('./completion/command.ts')).completionVerb,
  ),
];

function toolVerb(name: string, summary: string, load: () => Promise<DefinedVerb>): ToolVerb {
  const definition = async () => {
    await import('./interpreted-schemas.ts');
    return load();
  };
  return { name, summary, definition, load: async () => (await definition()).command() };
}

/** The parts of the tool. */
export interface ProgramOptions {
  readonly verbs: readonly Verb[];
  /** The path by which the process was started. */
  readonly calledAs: string;
  readonly version: string;
  /** The verb to load; `all` loads all of them. */
  readonly load: string | undefined;
}

/** The command line of the tool. */
export async function programOf({ verbs, calledAs, version, load }: ProgramOptions): Promise<Command> {
  const program = new Command(toolName(calledAs))
    .description('Rings every application namespace of a Kubernetes cluster with default NetworkPolicies.')
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [verb]', 'print the help of a verb')
    .showHelpAfterError(false)
    .showSuggestionAfterError(false)
    .configureHelp({ helpWidth: helpWidth() })
    .exitOverride();
  for (const { name, summary, isHidden = false, load: loadVerb } of verbs) {
    const command = load === name || load === 'all' ? await loadVerb() : new Command();
    // Commands that are added ready-made inherit no settings.
    command.copyInheritedSettings(program).helpOption('-h, --help', 'print help');
    program.addCommand(reportUsageErrors(command.name(name).summary(summary)), { hidden: isHidden });
  }
  return reportUsageErrors(program);
}

/** The name by which the tool was called: `kubectl ringfence` if kubectl called it. */
function toolName(calledAs: string): string {
  return /kubectl-ringfence/.test(calledAs) ? 'kubectl ringfence' : 'ringfence';
}

/** The verb on a command line, so that only this one is loaded. */
export function verbIn(words: readonly string[]): string | undefined {
  const [first, second] = words;
  // The completion of verbs needs all of them.
  if (first === 'completion') return 'all';
  return first === 'help' ? second : first;
}

/** The command line to parse: `help VERB` with an unknown verb becomes `VERB`, which is an error. */
export function wordsMeant(words: readonly string[], verbs: readonly Verb[]): readonly string[] {
  const [first, second] = words;
  const isKnown = second === undefined || second === 'help' || verbs.some(({ name }) => name === second);
  return first === 'help' && !isKnown ? words.slice(1) : words;
}

function helpWidth(): number {
  return Math.min(110, process.stdout.columns ?? 100);
}
