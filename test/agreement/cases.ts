// The one table of the agreement suite.
import type { AgreementCase } from './agreement-case.ts';
import { boundCases } from './bound-cases.ts';
import { platformCases } from './platform-cases.ts';
import { portCases } from './port-cases.ts';
import { profileCases } from './profile-cases.ts';
import { routeEndCases } from './route-end-cases.ts';
import { selectorCases } from './selector-cases.ts';
import { statusCases } from './status-cases.ts';

/** Every case; both zod and the API server are asked each of them. */
export const agreementCases: readonly AgreementCase[] = [
  ...profileCases,
  ...routeEndCases,
  ...selectorCases,
  ...portCases,
  ...platformCases,
  ...statusCases,
  ...boundCases,
];
