import { type MailTexts, type RenderedMail, renderMail } from '#templates/mail.ts';
import type { Keyring } from '#kit/keyring.ts';
import { openContent } from './service.ts';
import type { LeasedMail, MailContent } from './types.ts';

export interface RenderedLetter extends RenderedMail {
  to: { address: string; name: string };
  /** What it leads to works until then. */
  goodUntil: Date | undefined;
}

/** A mail of the outbox as it is sent. @throws Error when its content is gone or was altered */
export function renderLetter(
  keyring: Keyring,
  mail: Pick<LeasedMail, 'kind' | 'dedupeKey' | 'contentSealed' | 'locale'>,
): RenderedLetter {
  if (!mail.contentSealed) throw new Error('its content is gone');
  const content = openContent(keyring, mail.contentSealed, mail.dedupeKey);
  const { address, name, goodUntil } = content;
  return {
    to: { address, name },
    goodUntil: goodUntil === undefined ? undefined : new Date(goodUntil),
    ...renderMail(textsOf(mail, content)),
  };
}

function textsOf(mail: Pick<LeasedMail, 'kind' | 'locale'>, { name, params }: MailContent): MailTexts {
  const { url, outcome, ...facts } = params;
  return {
    key: typeof outcome === 'string' ? `${mail.kind}.${outcome}` : mail.kind,
    locale: mail.locale,
    name,
    facts: Object.fromEntries(Object.entries(facts).map(([fact, value]) => [fact, momentOr(fact, value)])),
    ...(typeof url === 'string' && { url }),
  };
}

/** Names of moments end so; sealed as JSON they have become texts. */
function momentOr<T>(fact: string, value: T): T | Date {
  return /(At|Until)$/.test(fact) && typeof value === 'string' ? new Date(value) : value;
}
