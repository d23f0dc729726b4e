import type { Trx } from '#db/idp/tables.ts';
import { LOCALES } from '#kit/http/locale.ts';
import { translate } from '#templates/locales.ts';
import type { ConsoleDeed } from '../../audit/index.ts';
import {
  PASSWORD_THROTTLE,
  TOTP_THROTTLE,
  clearAttempts,
  deletePasskey,
  deletePersonCard,
  deleteRecoveryCodes,
  deleteTotp,
  listPasskeys,
  listPersonCards,
  throttleSubject,
} from '../../authenticators/index.ts';
import { queueMail } from '../../notifications/index.ts';
import { mailResetLink } from '../../recovery/index.ts';
import { type EndCause, endEverywhere } from '../../sessions/index.ts';
import { updateStanding } from '../store/subject.ts';
import type { AccountAdministrationDeps, DeedName, Doer, Subject } from '../types.ts';

/** What the record of the deed says besides. */
export type Effect = Pick<ConsoleDeed, 'changes' | 'details'>;

type Apply = (
  trx: Trx,
  deps: AccountAdministrationDeps,
  subject: Subject,
  asked: { reason: string; doer: Doer },
) => Promise<Effect>;

/** What each deed does once it is allowed. */
export const EFFECTS: Record<DeedName, Apply> = {
  async disabling(trx, deps, subject, { reason, doer }) {
    await updateStanding(trx, subject.id, { status: 'disabled' });
    const sessionsEnded = await endAllSessions(trx, subject.id, 'account_disabled');
    await queueMail(trx, deps.keyring, {
      kind: 'N11',
      to: { accountId: subject.id, address: subject.email, name: subject.name },
      params: { loginName: subject.loginName, reason },
      dedupeKey: `N11:${subject.id}:${doer.from.requestId}`,
    });
    return { changes: { status: ['active', 'disabled'] }, details: { sessionsEnded } };
  },

  async enabling(trx, _deps, subject) {
    await updateStanding(trx, subject.id, { status: 'active' });
    return { changes: { status: ['disabled', 'active'] } };
  },

  async unlocking(trx, { keyring }, subject) {
    const { loginName, id } = subject;
    await clearAttempts(trx, PASSWORD_THROTTLE, throttleSubject(keyring, PASSWORD_THROTTLE, loginName));
    await clearAttempts(trx, TOTP_THROTTLE, throttleSubject(keyring, TOTP_THROTTLE, id));
    return {};
  },

  async 'password-reset'(trx, { keyring, config, clock }, subject) {
    const occasion = { now: clock(), kind: 'password_reset_by_manager' as const };
    await mailResetLink(trx, { keyring, issuer: config.issuer }, subject, occasion);
    return {};
  },

  async 'factor-reset'(trx, deps, subject, { doer }) {
    const { id, email: address, name, loginName } = subject;
    const passkeys = await listPasskeys(trx, id);
    for (const passkey of passkeys) await deletePasskey(trx, id, passkey.id);
    const cards = await listPersonCards(trx, id);
    for (const card of cards) await deletePersonCard(trx, id, card.id);
    const hadTotp = await deleteTotp(trx, id);
    await deleteRecoveryCodes(trx, id);
    const { keyring, clock } = deps;
    await clearAttempts(trx, TOTP_THROTTLE, throttleSubject(keyring, TOTP_THROTTLE, id));
    const sessionsEnded = await endAllSessions(trx, id, 'administrator');
    const texts = LOCALES.map((locale) => [locale, translate(locale, 'console-person.all-factors')]);
    await queueMail(trx, keyring, {
      kind: 'authenticator_changed',
      to: { accountId: id, address, name },
      params: {
        outcome: 'removed',
        loginName,
        authenticator: Object.fromEntries(texts) as { 'zh-TW': string; en: string },
        changedAt: clock(),
      },
      dedupeKey: `authenticator:reset:${doer.from.requestId}:${id}`,
    });
    return { details: { totp: hadTotp, passkeys: passkeys.length, cards: cards.length, sessionsEnded } };
  },

  async 'sign-out'(trx, _deps, subject) {
    return { details: { sessionsEnded: await endAllSessions(trx, subject.id, 'administrator') } };
  },
};

async function endAllSessions(trx: Trx, accountId: string, cause: EndCause): Promise<number> {
  return endEverywhere(trx, accountId, cause);
}
