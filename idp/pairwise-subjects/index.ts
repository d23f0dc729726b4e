/**
 * Subjects of their own for each sector (OpenID Connect Core 1.0 §8.1): two agencies cannot tell by `sub` that
 * they serve the same person. A subject is made up at the first use, written down, and never changes, whatever
 * becomes of keys or of a client's addresses; a client's sector is fixed when its first pairwise manifest is
 * applied. Refused: turning a public client into a pairwise one or back, which would change every subject.
 */
export { subjectAt } from './service.ts';
export { sectorFault, sectorOf } from './sector.ts';
