/**
 * The API for subsystems and their people. A subsystem's program, with a token of its own, leaves messages, tells
 * what work waits and who signed in, and reads its accounts; a person, with a token for the account acted as, reads
 * and decides what that account may. It owns what subsystems report, nothing else: accounts and reviews are asked
 * of their features. Refused: tokens for anything else or whose grant is over, accounts of other subsystems, units
 * out of sight, tokens bound to a key or certificate without it, links that lead elsewhere, and more calls a minute than anybody needs.
 */
export { API } from './policy.ts';
export type { ProofPort } from './proof.ts';
export { directoryApiRoutes } from './routes.ts';
export type { DirectoryApiDeps } from './types.ts';
export { scopesOf } from './scopes.ts';
export { forgetOldAnswers } from './store/answers.ts';
