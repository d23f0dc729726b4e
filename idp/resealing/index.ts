/**
 * What is sealed, sealed again by the newest master key, so that an older one can be taken away. It changes no
 * value, only the key over it; a column it does not know would be lost with the old key, which a test forbids. What
 * older keys derived for digests that nobody can make anew is carried along, sealed like the rest.
 */
export { runReseal } from './commands.ts';
export { loadCarriedKeys } from './carried.ts';
export { SEALED_COLUMNS } from './columns.ts';
