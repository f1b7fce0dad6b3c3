// Host names of the Gateway API, precise or with a wildcard as their first label, and whether two can mean the same host.
// https://gateway-api.sigs.k8s.io/reference/spec/#hostname

/** Whether both can mean the same host: `*.` stands for one label or several. */
export function hostnamesMeet(a: string, b: string): boolean {
  const [one, other] = [suffixOf(a), suffixOf(b)];
  if (one === undefined && other === undefined) return a === b;
  if (one === undefined) return a.endsWith(other ?? a);
  if (other === undefined) return b.endsWith(one);
  return one.endsWith(other) || other.endsWith(one);
}

/** `.example.com` for `*.example.com`; `undefined` for a precise name. */
function suffixOf(hostname: string): string | undefined {
  return hostname.startsWith('*.') ? hostname.slice(1) : undefined;
}
