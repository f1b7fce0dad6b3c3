// Where a report is: apart from its schema, which would make a client of the canary three times as big.

/** The annotation of a Lease with the report, as JSON. */
export const reportAnnotation = 'canary.ringfence.dev/report';
