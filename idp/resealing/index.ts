/**
 * What is sealed, sealed again by the newest master key, so that an older one can be taken away. It changes no
 * value, only the key over it; a column it does not know would be lost with the old key, which a test forbids.
 */
export { runReseal } from './commands.ts';
export { SEALED_COLUMNS } from './columns.ts';
