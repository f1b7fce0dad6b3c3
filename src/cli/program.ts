// The tool as a whole: its verbs, of which only the one that is asked for is loaded.
// Must not know what a verb does.
import { Command } from 'commander';
import { toolName, type Verb } from './verb.ts';

/** The verbs of the tool, in the order of `--help`. */
export const toolVerbs: readonly Verb[] = [
  verb('render', 'print the NetworkPolicies that the operator would write', async () =>
    (await import('./render.ts')).renderCommand(),
  ),
  verb('plan', 'say what would change: policies, and connections gained and lost', async () =>
    (await import('./plan.ts')).planCommand(),
  ),
  verb('explain', 'say whether one end may reach another, why, and if not, what to add', async () =>
    (await import('./explain.ts')).explainCommand(),
  ),
  verb('matrix', 'print everything that is allowed', async () =>
    (await import('./matrix.ts')).matrixCommand(),
  ),
  verb('graph', 'draw who reaches whom, as Mermaid, SVG or a page to explore', async () =>
    (await import('./graph.ts')).graphCommand(),
  ),
  verb('lint', 'say what is wrong with profiles and policies', async () =>
    (await import('./lint.ts')).lintCommand(),
  ),
  verb('crds', 'print the CustomResourceDefinitions', async () => (await import('./crds.ts')).crdsCommand()),
  verb('completion', 'print a script that completes verbs and flags in a shell', async () =>
    (await import('./completion.ts')).completionCommand(),
  ),
];

function verb(name: string, summary: string, loadCommand: Verb['load']): Verb {
  const load = async () => {
    await import('./interpreted-schemas.ts');
    return loadCommand();
  };
  return { name, summary, load };
}

/** How the tool is put together. */
export interface ProgramOptions {
  readonly verbs: readonly Verb[];
  /** The path that the process was started by. */
  readonly calledAs: string;
  readonly version: string;
  /** The verb to load; all of them where it is `all`. */
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
    .configureOutput({ outputError: (text, write) => write(plainError(text)) })
    .configureHelp({ helpWidth: helpWidth() })
    .exitOverride();
  for (const { name, summary, load: loadVerb } of verbs) {
    const command = load === name || load === 'all' ? await loadVerb() : new Command(name);
    program.addCommand(inherit(command.name(name).summary(summary), program));
  }
  return program;
}

/** The verb that a command line asks for, in order to load it alone. */
export function verbIn(words: readonly string[]): string | undefined {
  const [first, second] = words;
  // Whoever completes all verbs has to know them all.
  if (first === 'completion') return 'all';
  return first === 'help' ? second : first;
}

/** The command line as it is parsed: of a verb that is not there there is no help either, and what was meant is told. */
export function wordsMeant(words: readonly string[], verbs: readonly Verb[]): readonly string[] {
  const [first, second] = words;
  const isKnown = second === undefined || second === 'help' || verbs.some(({ name }) => name === second);
  return first === 'help' && !isKnown ? words.slice(1) : words;
}

/** Commands that are added ready-made take over nothing by themselves. */
function inherit(command: Command, program: Command): Command {
  return command.copyInheritedSettings(program).helpOption('-h, --help', 'print help');
}

/** As all our errors look: `ringfence: …`, the user's words in backticks. */
function plainError(text: string): string {
  const words = text
    .replace(/^error: /, '')
    .replace(/\n\(Did you mean (.*)\?\)\n?$/, ": did you mean '$1'?\n")
    .replace(/^option '(--?[\w-]+)[ ,].*' argument '(.*)' is invalid\. /, "'$1 $2': ")
    .replace(/^command-argument value '(.*)' is invalid for argument '(.*)'\. /, "'$1' is no $2: ")
    .replace(/Allowed choices are (.*)\.\n$/, 'it is one of $1\n')
    .replace(/^(missing required argument '.*')\n$/, "$1: '--help' says what it is\n")
    .replaceAll("'", '`');
  return `ringfence: ${words}`;
}

function helpWidth(): number {
  return Math.min(110, process.stdout.columns ?? 100);
}
