/**
 * A small trust anchor or intermediate (OpenID Federation 1.0 §8, §9): it says of its subordinates what one reviewed
 * file has, issues trust marks, and answers fetch, list, resolve and the questions about marks. Its keys are announced
 * → active → retiring → retired, from instants in a file that is its owner's alone; a key that signed stays published
 * while anything it signed is good. Refused: a file with a fault, which leaves what was published before in force.
 */
export { type Answer, answerAuthority } from './answer.ts';
export { AUTHORITY_USAGE, type AuthorityContext, runAuthorityCommand } from './commands.ts';
export { type AuthorityKey, makeKey } from './key-store.ts';
export { keyState, planRevocation, planRotation, publishedKeys, signingKey } from './policy.ts';
export { type ReviewedFile, readReviewedFile } from './reviewed-file.ts';
export { authorityListener, authorityResolver, openAuthority } from './server.ts';
export { type Authority, publicKeys } from './statements.ts';
