// Makes zod interpret its schemas. By default it compiles each to code on first use, which pays off for an operator that reads
// thousands of profiles, but costs a verb that reads a few files 20 ms. Must be loaded before any schema is made.
import * as z from 'zod';

z.config({ jitless: true });
