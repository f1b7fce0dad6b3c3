// Profiles that ask for a weaker egress mode than the platform's, which has no effect.
// Must not know what the mode closes.
import type { EgressMode } from '../../api/egress.ts';
import type { Finding } from '../../model/findings.ts';
import type { ProfileFacts } from '../../view/cluster-view.ts';
import { strictness } from '../local/namespace-egress.ts';
import type { CheckedNamespace } from './warning-check.ts';

/** `WeakerEgress` */
export function weakerEgress({ local: { profiles, membership } }: CheckedNamespace): readonly Finding[] {
  const floor = membership.egress;
  return profiles.flatMap(({ profile }) => {
    const { egress: asked } = profile;
    return asked !== undefined && strictness(asked) < strictness(floor)
      ? [weakerThan(profile, asked, floor)]
      : [];
  });
}

function weakerThan({ namespace, name }: ProfileFacts, asked: EgressMode, floor: EgressMode): Finding {
  return {
    code: 'WeakerEgress',
    subject: { kind: 'AppNetworkProfile', namespace, name },
    path: 'spec.egress',
    message: `\`${asked}\` is weaker than \`${floor}\`, the mode of the platform for this namespace, which applies`,
    hint: 'leave `egress` out, or ask the platform engineers for a rule in `spec.rules` of the platform profile',
  };
}
