// Lets zod interpret its schemas. It would compile each to code when it is first used, which pays off for an operator that reads
// thousands of profiles, and costs a verb that reads a few files 20 ms. Must be loaded before any schema is made.
import * as z from 'zod';

z.config({ jitless: true });
