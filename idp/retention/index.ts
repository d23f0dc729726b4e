/**
 * What becomes of every row in the end: one declaration says for each table whether its rows go with their
 * partition, when they expire, when they are old, with what they belong to, or stay as long as what they
 * describe. It deletes what is old, a thousand rows at a time; whatever else goes is cleared away by the feature
 * that owns it. A table without a declaration does not compile; docs/retention.md is made from it.
 */
export { TABLES } from './declaration.ts';
export { forgetOld } from './jobs.ts';
