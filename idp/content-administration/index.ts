/**
 * What editors do with the portal's content (P-43, SM-15): announcements, events, help, downloads, notices and
 * maintenance windows, each kind told as data. It owns who may change what: everyone their own, the agency all,
 * an editor of a unit for that unit only. It refuses a change of what somebody else changed meanwhile, and shows it.
 */
export { type ContentRouteDeps, contentAdministrationRoutes } from './routes.ts';
