/**
 * Virtual cards: a certification authority of one's own, the cards it issues and its word on them. The demo shows
 * with them what a card does where there is none; refused by configuration everywhere else. Nothing signed by it is
 * believed unless its certificate is an anchor.
 */
export {
  type Authority,
  CARD_ALGORITHM,
  type CardRequest,
  createAuthority,
  issueCard,
  newKeys,
} from './authority.ts';
export { respond } from './responder.ts';
export { responderRoutes, virtualCardRoutes } from './routes.ts';
export { type FindHolder, type VirtualCard, type VirtualCards, openVirtualCards } from './service.ts';
