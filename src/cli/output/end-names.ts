// The names of ends of connections, for people.
// Must not know what is reported about them.
import { type Endpoint, formatEndpoint } from '../../analyze/endpoints.ts';

/** Ends by name; every address of both families is one. */
export function endNames(ends: readonly Endpoint[]): readonly string[] {
  const names = [...new Set(ends.map((end) => formatEndpoint(end)))];
  const everywhere = ['0.0.0.0/0', '::/0'];
  const isAny = everywhere.every((cidr) => names.includes(cidr));
  return isAny ? ['any address', ...names.filter((name) => !everywhere.includes(name))] : names;
}
