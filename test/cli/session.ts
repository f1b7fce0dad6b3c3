// A session: commands as a person types them, each after `$ `, and below it what the tool answered. A file of it is a golden
// case that a person can read. Must not know what the tool should answer.
import type { Tool } from './tool.ts';

/** Runs every command of a session again and returns the session as it is now. */
export async function replay(session: string, tool: Tool, folder: string): Promise<string> {
  const answers: string[] = [];
  for (const line of commandsIn(session)) {
    const { stdout, stderr, exitCode } = await tool.run(line, { folder });
    const parts = [
      `$ ${line}\n`,
      stdout,
      stderr === '' ? '' : `[stderr]\n${stderr}`,
      exitCode === 0 ? '' : `[exit code ${exitCode}]\n`,
    ];
    // Where the home of the person is differs from run to run.
    answers.push(parts.join('').replaceAll(tool.folder, '~'));
  }
  return answers.join('\n');
}

/** A comment at the head says what the case is about. */
function commandsIn(session: string): readonly string[] {
  return session.split('\n').flatMap((line) => (line.startsWith('$ ') ? [line.slice(2)] : []));
}
