// What the CNI of this cluster does, row by row, as far as the clients agree; and why a row is unknown.
// Must not know whether policies are in force.
import { count } from '../model/counted.ts';
import { capabilities, denialCapability, ipv6Capability, untried } from './canary-table.ts';
import type { CanaryReport, CapabilityValue } from './report.ts';

/** What one capability is. */
export interface CapabilityRow {
  readonly name: string;
  readonly value: CapabilityValue;
  /** What `Yes` means. */
  readonly meaning: string;
  /** Why the value is `Unknown`. */
  readonly why?: string;
}

type Judged = Pick<CapabilityRow, 'value' | 'why'>;

/** The table. */
export function capabilityRows(reports: readonly CanaryReport[]): readonly CapabilityRow[] {
  const tried = [...capabilities, denialCapability].map(({ name, meaning }) => {
    const values = reports.map((report) => report.capabilities[name] ?? 'Unknown');
    return { name, meaning, ...agreedOn(values) };
  });
  const { name, meaning } = ipv6Capability;
  return [
    ...tried,
    { name, meaning, ...ipv6In(reports) },
    ...untried.map((row) => ({ ...row, value: 'Unknown' as const })),
  ];
}

function agreedOn(values: readonly CapabilityValue[]): Judged {
  const known = values.filter((value) => value !== 'Unknown');
  const different = [...new Set(known)].sort();
  const [value = 'Unknown', ...others] = different;
  if (value === 'Unknown') return { value, why: 'it has not been tried yet, or nothing followed from it' };
  if (others.length === 0) return { value };
  const shares = different.map((each) => `${each} on ${known.filter((one) => one === each).length}`);
  return { value: 'Unknown', why: `nodes differ: ${shares.join(', ')}` };
}

/** Denials of IPv6 are tried like all others, where listeners have such an address. */
function ipv6In(reports: readonly CanaryReport[]): Judged {
  const checks = reports.flatMap((report) => report.checks.filter(({ family }) => family === 'IPv6'));
  if (checks.length === 0)
    return { value: 'Unknown', why: 'no listener with an IPv6 address has been tried' };
  const open = checks.filter(({ outcome, confirmed }) => outcome === 'open' && confirmed);
  if (open.length > 0) return { value: 'No' };
  if (checks.some(({ outcome }) => outcome === 'holds')) return { value: 'Yes' };
  return { value: 'Unknown', why: `nothing follows from ${count(checks.length, 'try', 'tries')} so far` };
}
