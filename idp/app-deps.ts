import type { Freshness } from '#kit/freshness.ts';
import type { Admission } from '#kit/http/admission.ts';
import type { Assets } from '#templates/assets.ts';
import type { CardVerifier, PasswordHasher, Voices } from './authenticators/index.ts';
import type { AllowList } from './allow-list/index.ts';
import type { LogoutOffers, UpstreamDeps } from './federation/index.ts';
import type { OidcDeps, ProviderHolder } from './oidc/index.ts';
import type { StatusBoard } from './service-status/index.ts';
import type { ServiceRecord } from './status-page/index.ts';
import type { VirtualCards } from './virtual-cards/index.ts';
import type { VisitCounter } from './visits/index.ts';

/** What the whole application is put together from; `main.ts` and the tests make it. */
export interface AppDeps extends OidcDeps {
  assets: Assets;
  /** For the console, whose lists are planned each for its own filters. */
  consoleDatabase: OidcDeps['database'];
  hasher: PasswordHasher;
  cards: CardVerifier | undefined;
  virtualCards: VirtualCards | undefined;
  voices: Voices;
  newCaptchaAnswer: () => string;
  holder: ProviderHolder;
  board: StatusBoard;
  record: ServiceRecord;
  visits: VisitCounter;
  allowList: AllowList;
  upstreams: Pick<UpstreamDeps, 'providers' | 'clients'>;
  logoutOffers: LogoutOffers;
  isReady: () => Promise<boolean>;
  fresh: Freshness;
  admission: Admission;
}
