// Whether an allow rule reaches the pods of a Service.
// Checks the allow rules, whatever their origin; must not know profiles.
import type { PolicyPort } from '../../model/network-policy.ts';
import { portsContain } from '../../model/port-cover.ts';
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

/** Also true if there is nothing to open: an ExternalName Service has no pods, even with a selector. */
export function isServiceOpened(
  { type, selector }: ServiceFacts,
  allowRules: readonly AllowRule[],
  ports: readonly PolicyPort[],
): boolean {
  if (type === 'ExternalName' || selector === undefined) return true;
  return allowRules.some(
    ({ pods, rule }) => asksNoMore(pods, { matchLabels: selector }) && portsContain(rule.ports, ports),
  );
}

/** Whether something is let in. */
export function isIngress({ direction }: AllowRule): boolean {
  return direction === 'Ingress';
}
