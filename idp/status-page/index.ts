/**
 * The status page for people: whether signing in, switching accounts, mails and signing out everywhere work, what is
 * being maintained, and how the last 90 days were. Each process notes once a minute what it saw; a minute nobody
 * noted stays unknown and is shown so. A look at the page costs no statement, so it also works without the database,
 * and then says since when it knows nothing new. No minute is about a person.
 */
export { type ServiceRecord, createServiceRecord } from './record.ts';
export { statusRoutes } from './routes.ts';
