// Mirrors of other namespaces that are not written here, because there are too many.
// Must not know which mirrors are written.
import { aboutNamespace, type Finding } from '../../model/findings.ts';
import { capOfAll, capOfPair } from '../across/mirror-caps.ts';
import type { CheckedNamespace } from './warning-check.ts';

/** `MirrorsCapped`, at the receiver. */
export function mirrorsCapped({ local, mirrorsOverLimit }: CheckedNamespace): readonly Finding[] {
  const namespace = local.facts.name;
  const { routes, exposers } = mirrorsOverLimit;
  const [route] = routes;
  const [exposer] = exposers;
  const findings: Finding[] = [];
  if (route !== undefined) {
    const message = `mirrors of the routes of other namespaces would create more than ${capOfAll.policies} policies or ${capOfAll.bytes / 1_000_000} MB in \`${namespace}\`: ${routes.length} are left out, the first \`${route.namespace}/${route.profile}/${route.route}\``;
    const hint = `declare the egress that is needed in a profile in \`${namespace}\`, or let those namespaces name fewer different pods`;
    findings.push(aboutNamespace(namespace, 'MirrorsCapped', { message, hint }));
  }
  if (exposer !== undefined) {
    const message = `mirrors of what one namespace exposes would create more than ${capOfPair.bytes / 1000} KB in \`${namespace}\`: ${exposers.length === 1 ? 'one object is' : `${exposers.length} objects are`} left out, the first \`${exposer}\``;
    const hint = `declare the egress that is needed in a profile in \`${namespace}\`, or expose fewer pods there, through Services with shorter selectors`;
    findings.push(aboutNamespace(namespace, 'MirrorsCapped', { message, hint }));
  }
  return findings;
}
