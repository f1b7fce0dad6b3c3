// What the tool says where it can't do what it was asked for, and how that ends: one place for every verb.
// Must not know what a verb does. A programmer's mistake is told as one, with its stack.
import { CommanderError } from 'commander';
import { type ExitCode, exitCodes } from './exit-codes.ts';

/** Something that a person asked for can't be done; the message says why, and what to do next. */
export class ToolError extends Error {
  override readonly name: string = 'ToolError';

  /** What is printed on stderr. */
  get told(): string {
    return told(this.message);
  }
}

/** Errors of other layers whose message is meant for people. They are known by name, so that none is loaded for it. */
const toldAsTheyAre: readonly string[] = [
  'ConfigurationError',
  'CredentialsError',
  'ApiError',
  'LeaseLostError',
];

/** What is printed on stderr, and the exit code. */
export interface Ending {
  readonly text: string;
  readonly exitCode: ExitCode;
}

/** How a process ends that threw `error`. */
export function endingOf(error: unknown): Ending {
  if (error instanceof CommanderError) {
    // It has printed its help or its message already.
    return { text: '', exitCode: error.exitCode === 0 ? exitCodes.ok : exitCodes.error };
  }
  if (error instanceof ToolError) return { text: error.told, exitCode: exitCodes.error };
  if (!(error instanceof Error)) return mistake(String(error));
  if (toldAsTheyAre.includes(error.name)) return { text: told(error.message), exitCode: exitCodes.error };
  return mistake(error.stack ?? error.message);
}

function mistake(what: string): Ending {
  return {
    text: `${told('this is a mistake in ringfence itself, please report it:')}${what}\n`,
    exitCode: exitCodes.mistake,
  };
}

function told(message: string): string {
  return `ringfence: ${message}\n`;
}
