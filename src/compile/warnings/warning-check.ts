// What a check of the compiler is: it looks at one namespace and everything that was made of it, for one kind of mistake.
// Must not know which checks there are.
import type { Finding } from '../../model/findings.ts';
import type { Compilation } from '../across/compilation.ts';
import type { ProfileRoutes } from '../across/compiled-routes.ts';
import type { MirrorsBeyond } from '../across/mirrors-across.ts';
import type { AllowRule } from '../local/allow-rule.ts';
import type { LocalNamespace } from '../local/local-namespace.ts';

/** A namespace, and what was made of it. */
export interface CheckedNamespace {
  readonly run: Compilation;
  readonly local: LocalNamespace;
  readonly profiles: readonly ProfileRoutes[];
  /** What the routes of the profiles open. */
  readonly routeRules: readonly AllowRule[];
  /** What is too much to be mirrored in it. */
  readonly beyond: MirrorsBeyond;
}

/** Looks at a namespace for one kind of mistake. Pure; what it finds is in a fixed order. */
export type WarningCheck = (checked: CheckedNamespace) => readonly Finding[];
