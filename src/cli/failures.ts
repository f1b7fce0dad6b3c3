// What the tool says where it can't do what it was asked for, and how it ends then: one place for every verb.
// Must not know what a verb does. A programmer's mistake is reported as one, with its stack.
import { CommanderError } from 'commander';
import { ExpectedError, isExpected } from '../model/expected-error.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';

/** What a person asked for can't be done; the message says why, and what to do next. */
export class ToolError extends ExpectedError {
  override readonly name: string = 'ToolError';

  /** What is printed on stderr. */
  get report(): string {
    return withName(this.message);
  }
}

/** What is printed on stderr, and the exit code. */
export interface Ending {
  readonly text: string;
  readonly exitCode: ExitCode;
}

/** How a process ends that threw `error`. */
export function endingOf(error: unknown): Ending {
  // It has printed its help or its version already.
  if (error instanceof CommanderError && error.exitCode === 0) return { text: '', exitCode: exitCodes.ok };
  if (error instanceof ToolError) return { text: error.report, exitCode: exitCodes.error };
  if (isExpected(error)) return { text: withName(error.message), exitCode: exitCodes.error };
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    text: `${withName('this is a bug in ringfence, please report it:')}${trace}\n`,
    exitCode: exitCodes.mistake,
  };
}

function withName(message: string): string {
  return `ringfence: ${message}\n`;
}
