// The one table of the agreement suite.
import type { AgreementCase } from './agreement-case.ts';
import { boundCases } from './bound-cases.ts';
import { pauseCases } from './pause-cases.ts';
import { platformCases } from './platform-cases.ts';
import { portCases } from './port-cases.ts';
import { profileCases } from './profile-cases.ts';
import { routeEndCases } from './route-end-cases.ts';
import { selectorCases } from './selector-cases.ts';
import { statusCases } from './status-cases.ts';

const agreementCases: readonly AgreementCase[] = [
  ...profileCases,
  ...routeEndCases,
  ...selectorCases,
  ...portCases,
  ...platformCases,
  ...pauseCases,
  ...statusCases,
  ...boundCases,
];

/** Every case of an object that both zod and the API server accept. */
export const accepted = agreementCases.filter((one) => one.refused === undefined);

/** Every case of an object that both refuse. */
export const refused = agreementCases.flatMap((one) =>
  one.refused ? [{ ...one, refused: one.refused }] : [],
);
