/**
 * Every pensioner-owned table begins its key with `bucket` (0–1023), so that a look-up by id and a certification stay
 * on one shard. Months are `YYYY-MM`, days are `date`, instants are `timestamptz(3)`; sealed columns hold ciphertext.
 */
export * from "./tables/certifications.js";
export * from "./tables/clients.js";
export * from "./tables/contact.js";
export * from "./tables/events.js";
export * from "./tables/expiry.js";
export * from "./tables/home-visits.js";
export * from "./tables/jobs.js";
export * from "./tables/journal.js";
export * from "./tables/life-events.js";
export * from "./tables/payments.js";
export * from "./tables/people.js";
