// Reads the text format of Prometheus. Must not know what any metric means.

/** The numbers by their series, as in `ringfence_namespaces{state="Off"}`. */
export function samplesOf(text: string): ReadonlyMap<string, number> {
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    samples.map((line) => {
      const end = line.lastIndexOf(' ');
      return [line.slice(0, end), Number(line.slice(end))];
    }),
  );
}
