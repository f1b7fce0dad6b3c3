// Loaded into an operator before anything else: on SIGUSR2 it collects garbage, and writes to the file PROBE_FILE what is left of memory
// and handles. Must not know what is done with it.
import { renameSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const { PROBE_FILE: file = '' } = process.env;

/** Several times, because what only finalizers free is freed between two of them. */
async function collectGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  for (let round = 0; round < 4; round += 1) {
    collect();
    await pause(50);
  }
}

process.on('SIGUSR2', async () => {
  await collectGarbage();
  const resources = process.getActiveResourcesInfo();
  const { heapUsed, external, rss } = process.memoryUsage();
  const found = { heapUsed, external, rss, timers: resources.filter((name) => name === 'Timeout').length };
  // Whoever waits for the file finds all of it.
  writeFileSync(`${file}.part`, JSON.stringify(found));
  renameSync(`${file}.part`, file);
});
