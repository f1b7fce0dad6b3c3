// Which files a suite of the end-to-end tests has: `e2e/faults` is a folder, `e2e/ring/frozen` a single file.
// Runs no test.
import { readdirSync } from 'node:fs';

const ending = '.test.ts';

/**
 * The test files of a suite, sorted.
 *
 * @param suite a folder of e2e, or a file with or without its ending
 * @throws Error if no test is there; it names the folders
 */
export function testFiles(suite: string): readonly string[] {
  const all = readdirSync('e2e', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending))
    .map((file) => `e2e/${file}`)
    .sort();
  const chosen = all.filter(
    (file) => [suite, `${suite}${ending}`].includes(file) || file.startsWith(`${suite}/`),
  );
  if (chosen.length > 0) return chosen;
  const folders = [...new Set(all.map((file) => file.split('/')[1]))];
  throw new Error(`no test is in \`${suite}\`: name ${folders.join(', ')}, or a file of one of them`);
}
