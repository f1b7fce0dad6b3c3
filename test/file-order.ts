// In which order jest runs test files. Those on nodes and those with faults take minutes, however short they are: they come first, a file
// of each in turn, because a node wants the processor and a fault mostly waits. A long file that begins last would run alone.
// Must not know what is tested.
import { statSync } from 'node:fs';

/** What is known of a file. */
interface TestFile {
  readonly path: string;
}

const longOnes = [/\/e2e\/(node|kind)\//, /\/e2e\/faults\//];

/** The files in their order. @param sizeOf in bytes; large files take long, where nothing else is known */
export function inOrder<File extends TestFile>(
  files: readonly File[],
  sizeOf: (path: string) => number,
): readonly File[] {
  const bySize = files.toSorted((one, other) => sizeOf(other.path) - sizeOf(one.path));
  const long = longOnes.map((pattern) => bySize.filter(({ path }) => pattern.test(path)));
  const inTurn = bySize.flatMap((_, index) => long.flatMap((group) => group[index] ?? []));
  return [...inTurn, ...bySize.filter((file) => !inTurn.includes(file))];
}

/** What jest asks, see `testSequencer` in its configuration. */
export default class FileOrder {
  sort(files: readonly TestFile[]): readonly TestFile[] {
    return inOrder(files, (path) => statSync(path).size);
  }

  /** Called after the run: nothing is remembered. */
  cacheResults(): void {
    // The next run has the same order.
  }
}
