// Where the canary is: the compiler leaves this namespace alone, and the canary's own code makes everything in it.

/** The namespace of the canary, which has nothing else in it. */
export const canaryNamespace = 'ringfence-canary';
