// Waits until a process of the control plane is ready, and explains, with the end of the right log, when it never is.
import { readFile } from 'node:fs/promises';
import type { Component } from './components.ts';
import { poll } from './poll.ts';
import type { Supervision } from './supervision.ts';

/** The last lines of a log, indented; empty where there is none. */
async function tailOf(log: string): Promise<string> {
  const text = await readFile(log, 'utf8').catch(() => '');
  const lines = text.trimEnd().split('\n').slice(-15);
  return lines.map((line) => `  ${line.slice(0, 400)}`).join('\n');
}

const explained = async (what: string, { log }: Component): Promise<Error> =>
  new Error(`${what}. The end of its log:\n${await tailOf(log)}`);

/**
 * Asks `check` until it no longer throws.
 * @param component the one that is waited for
 * @param others those that it needs: when one of them has ended, there is no use in waiting
 * @throws Error that names the process that ended, or the last answer after `timeoutMs`, with the end of its log
 */
export async function awaitReady(
  component: Component,
  others: readonly Component[],
  supervision: Supervision,
  check: () => Promise<unknown>,
  timeoutMs: number,
): Promise<void> {
  let lastAnswer = 'none';
  const attempt = async () => {
    for (const candidate of [...others, component]) {
      const how = supervision.exitOf(candidate.name);
      if (how !== undefined) throw await explained(`\`${candidate.name}\` ended with ${how}`, candidate);
    }
    return await check().then(
      () => true,
      (error: Error) => {
        lastAnswer = error.message;
        return undefined;
      },
    );
  };
  const expired = async () =>
    await explained(
      `\`${component.name}\` was not ready after ${timeoutMs / 1000} s; its last answer: ${lastAnswer}`,
      component,
    );
  await poll(attempt, { timeoutMs, expired });
}
