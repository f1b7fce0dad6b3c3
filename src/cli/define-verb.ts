// The common form of verbs: their help, their input, their output formats, and what they do. Everything that all verbs share
// is here: shared flags, printing to stdout or a file, notes and progress on stderr, the exit code.
// Must not know any verb.
import { type Argument, Command, type Option } from 'commander';
import { type CommandContext, processContext } from './command-context.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { clusterOptions, inputOptions, outputOption } from './options.ts';
import type { Formats } from './output/formats.ts';
import type { OutputTarget } from './output/output-target.ts';
import { paintFor } from './output/paint.ts';
import { writeOutput } from './output/write.ts';
import { type VerbHelp, withHelp } from './verb-help.ts';

/** The result of a verb, to be printed. */
export interface VerbOutcome<Result> {
  readonly result: Result;
  /** `ok` if absent. */
  readonly exit?: 'ok' | 'found';
  /** A note for people on stderr, after the answer. */
  readonly remark?: string;
}

/** A verb. `reads` and `flags` define its `Flags`, and `args` its `Args`. */
export interface VerbDefinition<Flags extends object, Args extends readonly unknown[], Result> {
  readonly description: string;
  readonly help: VerbHelp;
  readonly args?: readonly Argument[];
  /** Adds the flags that name files, or also those that name a cluster. */
  readonly reads?: 'files' | 'files or a cluster';
  /** Its own flags. */
  readonly flags?: readonly Option[];
  readonly formats: Formats<Result>;
  /** @throws ToolError and other expected errors, if it can't be done */
  readonly run: (context: CommandContext, flags: Flags, ...args: Args) => Promise<VerbOutcome<Result>>;
}

/** A verb in the form that the program needs. */
export interface DefinedVerb extends Pick<VerbDefinition<never, never, never>, 'help' | 'reads' | 'formats'> {
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
  const { description, help, args = [], reads, flags = [], formats } = definition;
  const command = new Command().description(description);
  for (const argument of args) command.addArgument(argument);
  const options = [
    ...(reads === undefined ? [] : inputOptions()),
    ...flags,
    ...(reads === 'files or a cluster' ? clusterOptions() : []),
    ...(formats.what === undefined ? [] : [outputOption(Object.keys(formats.print), formats.what)]),
  ];
  for (const option of options) command.addOption(option);
  command.action(async (...given: readonly unknown[]) => {
    const { output, ...own } = command.opts<Flags & { readonly output?: OutputTarget }>();
    const words = given.slice(0, args.length) as unknown as Args;
    process.exitCode = await runVerb(definition, { command, output }, own as unknown as Flags, words);
  });
  return withHelp(command, help);
}

interface Invocation {
  readonly command: Command;
  readonly output: OutputTarget | undefined;
}

async function runVerb<Flags extends object, Args extends readonly unknown[], Result>(
  { run, formats }: VerbDefinition<Flags, Args, Result>,
  { command, output }: Invocation,
  flags: Flags,
  args: Args,
): Promise<ExitCode> {
  const context = processContext(command.parent ?? command);
  try {
    const { result, exit = 'ok', remark } = await run(context, flags, ...args);
    const target = output ?? { format: Object.keys(formats.print)[0] ?? '' };
    const text = await formats.print[target.format]?.(result, {
      paint: paintFor(target),
      note: context.note,
    });
    context.progress.done();
    await writeOutput(target, text ?? '');
    if (remark !== undefined) context.note(remark);
    return exitCodes[exit];
  } finally {
    context.progress.done();
  }
}
