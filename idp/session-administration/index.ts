/**
 * Who is signed in where as which account, and the end of it: of one browser, of everything of a person, of
 * everything granted to a client. It owns no table. A manager sees and ends what belongs to the own unit's people.
 */
export { sessionAdministrationRoutes } from './routes.ts';
