// What CNIs do in different ways, by name. Must not know how it is found out, nor what follows from it.

/** The names, as the canary tries them. */
export const cniCapabilities = [
  'IPBlockSelectsPods',
  'IPBlockSelectsNodes',
  'EndPort',
  'NamedPort',
  'ServiceBeforeTranslation',
  'ServiceAfterTranslation',
] as const;

/** The name of one. */
export type CniCapability = (typeof cniCapabilities)[number];

/** What the CNI of a cluster does; what is absent is not known. */
export type CniFacts = Readonly<Partial<Record<CniCapability, boolean>>>;
