// The interface of a check in the compiler: it looks at one compiled namespace for one kind of mistake.
// Must not know which checks exist.
import type { Finding } from '../../model/findings.ts';
import type { Compilation } from '../across/compilation.ts';
import type { MirrorsOverLimit } from '../across/mirrors-across.ts';
import type { ProfileRoutes } from '../across/route-states.ts';
import type { AllowRule } from '../local/allow-rule.ts';
import type { LocalNamespace } from '../local/local-namespace.ts';

/** A namespace, and everything that was compiled for it. */
export interface CheckedNamespace {
  readonly run: Compilation;
  readonly local: LocalNamespace;
  readonly profiles: readonly ProfileRoutes[];
  /** The allow rules of the profiles' routes. */
  readonly routeRules: readonly AllowRule[];
  readonly mirrorsOverLimit: MirrorsOverLimit;
}

/** Checks a namespace for one kind of mistake. Pure; the findings are in a fixed order. */
export type WarningCheck = (checked: CheckedNamespace) => readonly Finding[];
