// What a client of the canary reports, in an annotation of its Lease: the schema, and reading it. Whoever may write Leases in the
// canary's namespace may have written anything. Must not know how results come about, nor what follows from them.
import * as z from 'zod';
import { dnsSubdomain } from '../routes/schema/text-schema.ts';

/** What is shown to people must not be able to hold anything but a name. */
const nodeName = dnsSubdomain();

/** Far more than anything takes that a pod of the canary measures. */
const milliseconds = z.int().min(0).max(600_000);

/**
 * What came of the last tries with the listeners of one node. `holds`: what is denied failed, while what is allowed worked; `open`:
 * both worked; `cut`: what is allowed failed; `unproven`: anything else.
 */
const outcomes = ['holds', 'open', 'cut', 'unproven'] as const;

const check = z.strictObject({
  direction: z.enum(['Ingress', 'Egress']),
  family: z.enum(['IPv4', 'IPv6']),
  /** The node of the listener. */
  node: nodeName,
  outcome: z.enum(outcomes),
  /** Whether several rounds have said so, see rounds.ts. */
  confirmed: z.boolean(),
});

const report = z.strictObject({
  version: z.literal(1),
  /** Higher with each report of a client: an older one that somebody puts back is no news. */
  number: z.int().min(0),
  checks: z.array(check).max(400),
  /** The last marker that it saw take effect, and how many milliseconds that took if it saw that marker come. */
  marker: z.strictObject({ number: z.int().min(0), ms: milliseconds.exactOptional() }).exactOptional(),
  /** Of a new pod alone: its first connections, in milliseconds since it started. */
  fresh: z
    .strictObject({
      /** When a connection that is denied was made for the last time; absent: never. */
      openMs: milliseconds.exactOptional(),
      /** When one that is allowed was made for the first time; absent: never. */
      allowedMs: milliseconds.exactOptional(),
    })
    .exactOptional(),
  /** By name. */
  capabilities: z.record(z.string().max(63), z.enum(['Yes', 'No', 'Unknown', 'Refused', 'Dropped'])),
});

/** What came of the tries in one direction with the listeners of one node. */
export type CanaryCheck = Readonly<z.output<typeof check>>;

/** The value of a capability. */
export type CapabilityValue = z.output<typeof report>['capabilities'][string];

/** What one client reports. */
export interface CanaryReport {
  readonly version: 1;
  readonly number: number;
  readonly checks: readonly CanaryCheck[];
  readonly marker?: { readonly number: number; readonly ms?: number };
  readonly fresh?: FirstConnections;
  readonly capabilities: Readonly<Record<string, CapabilityValue>>;
}

/** What became of the first connections of a new pod: see `report`. */
export interface FirstConnections {
  readonly openMs?: number;
  readonly allowedMs?: number;
}

/** Whether a client reports, and not a new pod, which says nothing of whether policies are in force. */
export function isOfClient({ fresh }: CanaryReport): boolean {
  return fresh === undefined;
}

/** The same before it has its number. */
export type UnnumberedReport = Omit<CanaryReport, 'number'>;

/** Whether a node may be called like this. */
export function isNodeName(text: string | undefined): text is string {
  return nodeName.safeParse(text).success;
}

/** Reads the annotation; `undefined` if it is none of a client of this version. */
export function readCanaryReport(text: string | undefined): CanaryReport | undefined {
  if (text === undefined || text.length > 65_536) return undefined;
  try {
    return report.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
