// Where a report is: apart from its schema, which would make a client of the canary three times as big.

/** The annotation of a Lease with the report, as JSON. */
export const reportAnnotation = 'canary.ringfence.dev/report';

/** The label of the Leases of those clients that take part: nobody reads the others again and again. */
export const partLabel = 'canary.ringfence.dev/takes-part';
