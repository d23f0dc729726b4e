/**
 * The units records belong to and lead to, by their codes: a copy of what the single entry says of them, kept so that
 * lists can name a unit without asking. It decides nothing.
 */
export { keepUnit } from './store.ts';
export type { KnownUnit } from './types.ts';
