// The verb `crds`: prints the CustomResourceDefinitions, which are generated from the schemas.
import { customResourceDefinition } from '../../api/crd.ts';
import { customResources } from '../../api/custom-resources.ts';
import { defineVerb } from '../define-verb.ts';
import { manifests } from '../output/formats.ts';
import { crdList, crdText } from './format.ts';

/** The verb `crds`. */
export const crdsVerb = defineVerb({
  description:
    'Prints the CustomResourceDefinitions of AppNetworkProfile, PlatformNetworkProfile and NetworkPause.',
  help: {
    examples: [
      ['ringfence crds | kubectl apply --server-side -f -', 'install the custom resources, or update them'],
      ['ringfence crds -o crds.yaml', 'write them to a file'],
    ],
    ok: 'printed',
  },
  formats: manifests(crdList, crdText),
  run: async () => ({ result: customResources.map(customResourceDefinition) }),
});
