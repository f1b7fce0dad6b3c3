// Ingresses and routes of the Gateway API with a backend that can't be exposed.
// Must not know why something is exposed.
import type { Finding } from '../../model/findings.ts';
import type { CheckedNamespace } from './warning-check.ts';

/** `BackendUnusable` */
export function backendUnusable({ local }: CheckedNamespace): readonly Finding[] {
  return local.exposures.findings;
}
