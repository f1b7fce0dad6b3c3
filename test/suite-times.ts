// How long each part of a run took, as a table: what make did before the tests, each suite, and each folder of the end-to-end tests.
// Runs no test, and reads no clock.

/** What make did before the tests, or a whole suite. */
export interface Part {
  readonly name: string;
  /** Like all times here, in milliseconds since 1970. */
  readonly start: number;
  readonly end: number;
  /** The test files of a suite. */
  readonly files?: readonly FileTime[];
}

/** A test file, as jest's `--json` report tells of it. */
export interface FileTime {
  /** Its path in the repository. */
  readonly name: string;
  readonly startTime: number;
  readonly endTime: number;
}

/**
 * Reads what the Makefile writes down.
 *
 * @param marks the seconds since 1970 at which a part begins, and its name, for each: `1790000000 setup 1790000012 lint`
 * @param end of the last part
 */
export function markedParts(marks: string, end: number): readonly Part[] {
  const begun = [...marks.matchAll(/(\d+) (\S+)/g)].map(([, seconds, name = '']) => ({
    name,
    start: Number(seconds) * 1000,
  }));
  return begun.map((part, index) => ({ ...part, end: begun[index + 1]?.start ?? end }));
}

/** How many files are named as the longest. */
const named = 10;

/** The parts with their seconds, and those of their folders, whose files run beside those of others. */
export function timeTable(parts: readonly Part[]): string {
  const rows = parts.flatMap(({ name, start, end, files = [] }) => [
    row(name, end - start, files.length === 0 ? undefined : sumOf(files)),
    ...folderRows(files),
  ]);
  const [first, last] = [parts[0], parts.at(-1)];
  const files = parts.flatMap((part) => part.files ?? []);
  return [
    `${'seconds'.padEnd(20)}    wall     sum of the files`,
    ...rows,
    ...(first === undefined || last === undefined ? [] : [row('all', last.end - first.start)]),
    ...(files.length === 0 ? [] : ['the longest files', ...longest(files)]),
  ].join('\n');
}

const seconds = (time: number): string => String(Math.round(time / 1000)).padStart(8);

const row = (name: string, wall: number, sum?: number): string =>
  `${name.padEnd(20)}${seconds(wall)}${sum === undefined ? '' : seconds(sum)}`;

/** None where all files are of one folder. */
function folderRows(files: readonly FileTime[]): readonly string[] {
  const folders = [...Map.groupBy(files, folderOf)];
  if (folders.length < 2) return [];
  return folders.map(([folder, own]) => row(`  ${folder}`, whileAnyRan(own), sumOf(own))).sort();
}

const lengthOf = ({ startTime, endTime }: FileTime): number => endTime - startTime;

const sumOf = (files: readonly FileTime[]): number => files.reduce((sum, file) => sum + lengthOf(file), 0);

/** As `src`, or `e2e/ring`. */
const folderOf = ({ name }: FileTime): string => /^(e2e\/)?[^/]+/.exec(name)?.[0] ?? name;

/** The time in which at least one of the files ran. */
function whileAnyRan(files: readonly FileTime[]): number {
  let [time, until] = [0, 0];
  for (const { startTime, endTime } of files.toSorted((one, other) => one.startTime - other.startTime)) {
    time += Math.max(0, endTime - Math.max(startTime, until));
    until = Math.max(until, endTime);
  }
  return time;
}

function longest(files: readonly FileTime[]): readonly string[] {
  const sorted = files.toSorted((one, other) => lengthOf(other) - lengthOf(one));
  return sorted.slice(0, named).map((file) => `${seconds(lengthOf(file))}  ${file.name}`);
}
