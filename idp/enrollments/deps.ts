import type { Db } from '#db/idp/tables.ts';
import type { Clock } from '#kit/clock.ts';
import type { Context } from '#kit/http/context.ts';
import type { Keyring } from '#kit/keyring.ts';
import type { Renderer } from '#templates/engine.ts';
import type { PageContext } from '#templates/views.ts';
import type { CardVerifier, PasswordHasher, PasswordRules, Voices } from '../authenticators/index.ts';
import type { VirtualCards } from '../virtual-cards/index.ts';
import type { ClientRegistry } from '../subsystems/index.ts';

/** What the rules and deeds of applications need from outside. */
export interface EnrollmentServices {
  db: Db;
  clock: Clock;
  keyring: Keyring;
  /** The one public address, for links in mails. */
  issuer: string;
  registry: Pick<ClientRegistry, 'list' | 'subsystem'>;
  /** Judges institution cards; absent where none can be judged: then managers prove themselves on paper. */
  cards?: CardVerifier | undefined;
}

/** What their pages need besides. */
export interface EnrollmentDeps extends EnrollmentServices {
  renderer: Renderer;
  hasher: PasswordHasher;
  rules: PasswordRules;
  newCaptchaAnswer: () => string;
  voices: Voices;
  trustedProxyHops: number;
  secure: boolean;
  /** The shell around the pages: nobody is signed in here. */
  page: (ctx: Context) => PageContext;
  /** Cards a demo's page holds itself. */
  virtualCards?: VirtualCards | undefined;
}
