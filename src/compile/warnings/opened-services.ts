// Whether an allow rule reaches the pods of a Service.
// Checks the allow rules, whatever their origin; must not know profiles.

import { type PodPorts, portCoverAt } from '../../model/known-pod-ports.ts';
import type { PolicyPort } from '../../model/network-policy.ts';
import { asksNoMore } from '../../model/selector-order.ts';
import type { ServiceFacts } from '../../model/services.ts';
import type { RouteContext } from '../../routes/route-end.ts';
import { podsBehind } from '../../routes/service.ts';
import type { AllowRule } from '../local/allow-rule.ts';

/** The pods' ports behind a port of a Service; empty if the Service has no such port. */
export function portsBehind(
  context: RouteContext,
  service: string,
  port: number | string | undefined,
): readonly PolicyPort[] {
  const pods = podsBehind(service, context);
  const ports = pods.ok && port !== undefined ? pods.value.ports([port]) : undefined;
  return ports?.ok ? (ports.value ?? []) : [];
}

/**
 * Also true if there is nothing to open: an ExternalName Service has no pods, even with a selector; and if a rule numbers a port that the
 * Service names, or the reverse, unless the known pods tell that they differ.
 *
 * @param pods those of its namespace, where they are known
 */
export function isServiceOpened(
  { type, selector }: ServiceFacts,
  allowRules: readonly AllowRule[],
  ports: readonly PolicyPort[],
  pods: readonly PodPorts[] | undefined,
): boolean {
  if (type === 'ExternalName' || selector === undefined) return true;
  const behind = { matchLabels: selector };
  const { mayContain } = portCoverAt(pods, behind);
  return allowRules.some(
    ({ pods: opened, rule }) => asksNoMore(opened, behind) && mayContain(rule.ports, ports),
  );
}

/** Whether something is let in. */
export function isIngress({ direction }: AllowRule): boolean {
  return direction === 'Ingress';
}
