/**
 * Lists of the console: a feature tells its list as data (filters, columns, how rows are loaded) and this gives it
 * its page with filters, order, keyset pages, saved filters, bulk deeds, and its export. It owns the filters that
 * people keep. It refuses forged cursors, orders that are not offered, and whatever the caller's reach leaves out.
 */
export { type ListDeps, addConsoleList } from './routes.ts';
export { savedFilterRoutes } from './saved-filter-routes.ts';
export type { ConsoleList, ListColumn, ListField, ListRow, ListScope } from './types.ts';
