/**
 * What the console shows of the federation: who we are in it, the anchors we believe, each relying party that came by a
 * chain, and a try of any entity's chain. It decides nothing and changes nothing; a try asks other servers, so it is
 * counted for each administrator.
 */
export { type ChainsDeps, chainRoutes } from './routes.ts';
