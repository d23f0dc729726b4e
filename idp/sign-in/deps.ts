import type { Db, Trx } from '#db/idp/tables.ts';
import type { Clock } from '#kit/clock.ts';
import type { Keyring } from '#kit/keyring.ts';
import type { Locale } from '#kit/http/locale.ts';
import type { Renderer } from '#templates/engine.ts';
import type { PageNotices } from '#templates/views.ts';
import type { AccountRole } from '../accounts/index.ts';
import type { CardVerifier, PasswordHasher, PasswordRules, Voices } from '../authenticators/index.ts';
import type { BoundAccount, BoundAccountFilter } from '../bindings/index.ts';
import type { UpstreamDeps } from '../federation/index.ts';
import type { VirtualCards } from '../virtual-cards/index.ts';
import type { InteractionFacts, SignInPort } from './types.ts';

/** All that signing in needs from outside. */
export interface SignInDeps {
  db: Db;
  clock: Clock;
  keyring: Keyring;
  renderer: Renderer;
  port: SignInPort;
  hasher: PasswordHasher;
  rules: PasswordRules;
  phishingResistantRoles: ReadonlySet<AccountRole>;
  /** See `captchaAnswerSource`. */
  newCaptchaAnswer: () => string;
  /** See `loadVoices`. */
  voices: Voices;
  /** Mails lead back here. */
  issuer: string;
  trustedProxyHops: number;
  demo: boolean;
  /** Judges cards; absent where none are taken. */
  cards?: CardVerifier | undefined;
  virtualCards?: VirtualCards | undefined;
  /** Providers of institutions. */
  upstream?: UpstreamDeps;
  listBoundAccounts: (filter: BoundAccountFilter) => Promise<{ total: number; accounts: BoundAccount[] }>;
  /** What stands above each page. */
  pageNotices: (locale: Locale) => PageNotices;
  /** Ends what a changed password ends, in the same transaction; this journey's own browser goes on. */
  onPasswordChanged: (trx: Trx, facts: InteractionFacts, accountId: string) => Promise<void>;
}
