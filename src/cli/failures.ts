// The message and the exit code when the tool can't do what it was asked to: one place for every verb.
// Must not know what a verb does. A programmer's mistake is reported as one, with its stack.
import { CommanderError } from 'commander';
import { ExpectedError, isExpected } from '../model/expected-error.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';

/** A request of a person can't be fulfilled; the message says why, and what to do next. */
export class ToolError extends ExpectedError {
  override readonly name: string = 'ToolError';

  /** The text for stderr. */
  get report(): string {
    return withName(this.message);
  }
}

/** The API server does not answer. @param message of the failed request */
export function cannotReach(server: string, { message }: Pick<Error, 'message'>): ToolError {
  return new ToolError(`can't reach the API server at \`${server}\`: ${message}`);
}

/** The text for stderr, and the exit code. */
export interface Ending {
  readonly text: string;
  readonly exitCode: ExitCode;
}

/** How a process that threw `error` ends. */
export function endingOf(error: unknown): Ending {
  // It has already printed its help or its version; help without being asked for it, because there is no verb.
  if (error instanceof CommanderError && error.exitCode === 0) return { text: '', exitCode: exitCodes.ok };
  if (error instanceof CommanderError && error.code === 'commander.help') {
    return { text: '', exitCode: exitCodes.error };
  }
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
