// The common form of verbs: their help, their input, their output formats, and what they do. Everything that all verbs share
// is here: shared flags, printing to stdout or a file, notes and progress on stderr, the exit code.
// Must not know any verb.
import { type Argument, Command, type Option } from 'commander';
import { type CommandContext, processContext } from './command-context.ts';
import { exitCodes } from './exit-codes.ts';
import { InputError } from './input/problems.ts';
import { clusterOptions, inputOptions, OutputOption, platformOptions, writeOptions } from './options.ts';
import type { Formats, PrintContext } from './output/formats.ts';
import type { OutputTarget } from './output/output-target.ts';
import { paintFor } from './output/paint.ts';
import { writeOutput } from './output/write.ts';
import { type VerbHelp, withHelp } from './verb-help.ts';

/** The result of a verb, to be printed. */
export interface VerbOutcome<Result> {
  readonly result: Result;
  /** `ok` if absent. */
  readonly exit?: 'ok' | 'found' | 'disagrees';
  /** A note for people on stderr, after the answer. */
  readonly remark?: string;
  /** Later results, each printed when it comes; the verb ends with them. */
  readonly updates?: AsyncIterable<Result>;
}

/** A verb. `reads` and `flags` define its `Flags`, and `args` its `Args`. */
export interface VerbDefinition<Flags extends object, Args extends readonly unknown[], Result> {
  readonly description: string;
  readonly help: VerbHelp;
  readonly args?: readonly Argument[];
  /** Adds the flags that name files, those that name a cluster, or both. */
  readonly reads?: 'files' | 'files or a cluster' | 'a cluster';
  /** What `-n` does besides giving a namespace to objects in files that name none. */
  readonly namespaceMeans?: string;
  /** Whether it writes to a cluster: adds the flags that name it, and `--dry-run`. */
  readonly writes?: true;
  /** Its own flags. */
  readonly flags?: readonly Option[];
  readonly formats: Formats<Result>;
  /** @throws ToolError and other expected errors, if it can't be done */
  readonly run: (context: CommandContext, flags: Flags, ...args: Args) => Promise<VerbOutcome<Result>>;
}

/** A verb in the form that the program needs. */
export interface DefinedVerb
  extends Pick<VerbDefinition<never, never, never>, 'help' | 'reads' | 'writes' | 'formats'> {
  /** Its command, without a name. */
  readonly command: () => Command;
}

/** Defines a verb. */
export function defineVerb<Flags extends object, Args extends readonly unknown[], Result>(
  definition: VerbDefinition<Flags, Args, Result>,
): DefinedVerb {
  return { ...definition, command: () => commandOf(definition) };
}

function commandOf<Flags extends object, Args extends readonly unknown[], Result>(
  definition: VerbDefinition<Flags, Args, Result>,
): Command {
  const {
    description,
    help,
    args = [],
    reads,
    namespaceMeans,
    writes = false,
    flags = [],
    formats,
  } = definition;
  const { print, outputHelp } = formats;
  const command = new Command().description(description);
  for (const argument of args) command.addArgument(argument);
  const options = [
    ...(reads?.startsWith('files') ? inputOptions(namespaceMeans) : []),
    ...flags,
    ...(reads === 'files or a cluster' ? platformOptions() : []),
    ...(writes ? writeOptions() : []),
    ...(writes || reads?.endsWith('a cluster') ? clusterOptions() : []),
    ...(outputHelp === undefined ? [] : [new OutputOption(Object.keys(print), outputHelp)]),
  ];
  for (const option of options) command.addOption(option);
  command.action(async (...given: readonly unknown[]) => {
    const { output, ...own } = command.opts<{ readonly output?: OutputTarget }>();
    const target = output ?? { format: Object.keys(print)[0] ?? '' };
    const words = given.slice(0, args.length) as unknown as Args;
    const context = processContext(command.parent ?? command);
    try {
      const outcome = await definition.run(context, own as Flags, ...words);
      await printOutcome(outcome, print, target, context);
      process.exitCode = exitCodes[outcome.exit ?? 'ok'];
    } catch (error) {
      if (error instanceof InputError) await printProblems(error, formats, target, context);
      throw error;
    } finally {
      context.progress.done();
    }
  });
  return withHelp(command, help);
}

function printContext(target: OutputTarget, note: CommandContext['note']): PrintContext {
  const { columns, rows, isTTY } = process.stdout;
  const paint = paintFor(target);
  return isTTY && target.file === undefined ? { paint, note, room: columns, height: rows } : { paint, note };
}

/** Home, and erase all below: the table is drawn again at the same place. */
const clearScreen = '\u001b[H\u001b[J';

/** What separates an answer from the one before: JSON documents need nothing. */
function separator({ file, format }: OutputTarget): string {
  if (format === 'yaml') return '---\n';
  if (format !== 'text') return '';
  return file === undefined && process.stdout.isTTY ? clearScreen : '\n';
}

async function printOutcome<Result>(
  { result, remark, updates }: VerbOutcome<Result>,
  print: Formats<Result>['print'],
  target: OutputTarget,
  { note, progress }: CommandContext,
): Promise<void> {
  const write = async (one: Result, before = '') => {
    const text = await print[target.format]?.(one, printContext(target, note));
    progress.done();
    await writeOutput(target, before + (text ?? ''));
  };
  await write(result);
  if (remark !== undefined) note(remark);
  for await (const update of updates ?? []) await write(update, separator(target));
}

/** In formats for build systems, which show nothing of stderr. */
async function printProblems<Result>(
  { problems }: InputError,
  { problems: print = {} }: Formats<Result>,
  target: OutputTarget,
  { note, progress }: CommandContext,
): Promise<void> {
  const text = await print[target.format]?.(problems, printContext(target, note));
  if (text === undefined) return;
  progress.done();
  await writeOutput(target, text);
}
