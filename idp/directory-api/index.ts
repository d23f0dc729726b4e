/**
 * The API for subsystems: with a token a client got for itself it leaves messages for the people who have an
 * account there. Refused: people's tokens, tokens for anything else, accounts of other subsystems, links that lead
 * elsewhere, and more calls a minute than anybody needs.
 */
export { API, MESSAGES_SEND } from './policy.ts';
export { directoryApiRoutes } from './routes.ts';
