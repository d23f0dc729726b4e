/**
 * The console's pages for dynamic registration: who may register clients, how many and how long, and what was registered
 * with each token. It refuses what is out of bounds; a token is told once, in the answer to its issue. Owns no table.
 */
export { registrationRoutes } from './routes.ts';
