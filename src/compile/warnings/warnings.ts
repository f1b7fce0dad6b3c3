// The findings about a namespace: a list of checks, each of which looks for one kind of mistake.
// Must not know what is written.
import type { Finding } from '../../model/findings.ts';

import { clusterAddresses } from './cluster-addresses.ts';
import { controlPlaneShutOut } from './control-plane-shut-out.ts';
import { dnsShutOut } from './dns-shut-out.ts';
import { egressUnknown } from './egress-unknown.ts';
import { entranceClosed } from './entrance-closed.ts';
import { gatewayNotCounted } from './gateway-not-counted.ts';
import { ingressUnserved } from './ingress-unserved.ts';
import { invalidProfile } from './invalid-profile.ts';
import { mirrorsCapped } from './mirrors-capped.ts';
import { opensWholeNamespace } from './opens-whole-namespace.ts';
import { invalidPause, paused } from './paused.ts';
import type { CheckedNamespace, WarningCheck } from './warning-check.ts';
import { weakerEgress } from './weaker-egress.ts';

/** Checks of every namespace, ringed or not. */
const checksOfAll: readonly WarningCheck[] = [invalidProfile, invalidPause, gatewayNotCounted];

/** Checks of namespaces that are compiled. A new one is a file and a line here. */
const checksOfCompiled: readonly WarningCheck[] = [
  paused,
  // `BackendUnusable`: found where backends are opened.
  ({ local }) => local.exposures.findings,
  entranceClosed,
  controlPlaneShutOut,
  ingressUnserved,
  dnsShutOut,
  opensWholeNamespace,
  clusterAddresses,
  mirrorsCapped,
  weakerEgress,
  egressUnknown,
];

/** Everything that the checks find in a namespace, check by check. */
export function warningsAbout(checked: CheckedNamespace): readonly Finding[] {
  const checks = [...checksOfAll, ...(checked.local.isCompiled ? checksOfCompiled : [])];
  return checks.flatMap((check) => check(checked));
}
