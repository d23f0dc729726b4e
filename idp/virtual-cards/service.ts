import { createHash } from 'node:crypto';
import type { JsonName } from '#kit/x509.ts';
import type { Clock } from '#kit/clock.ts';
import type { Locale } from '#kit/http/locale.ts';
import { translate } from '#templates/locales.ts';
import { CARD_ALGORITHM, issueCard } from './authority.ts';
import { openCardBox } from './folder.ts';
import { respond } from './responder.ts';

const SUBJECT_TYPE = '2.16.886.1.100.2.1';
const INSTITUTION = '2.16.886.1.100.3.2.21';
const PERSON = '2.16.886.1.100.3.1.7';
const LAST_FOUR = '2.16.886.1.100.2.51';
const REVOKED = '5e';
const VALID = { notBefore: new Date('2020-01-01'), notAfter: new Date('2049-12-31') };
const OVER = { notBefore: new Date('2020-01-01'), notAfter: new Date('2024-01-01') };
const NOBODY = { name: 'Nobody', nationalId: 'A000000000' };

export const VIRTUAL_CARDS = '/demo/virtual-cards';

/** A card in the drawer; `value` names it. */
export interface VirtualCard {
  value: string;
  label: string;
}

/** Whose number and name a professional's card bears. */
export type FindHolder = (loginName: string) => Promise<{ name: string; nationalId: string } | undefined>;

export interface VirtualCards {
  anchor: Buffer;
  /** Of the server that knows about revocation: this one. */
  host: string;
  url: string;
  /** Cards to prove a unit with, right ones and wrong ones. */
  forUnit(unitCode: string, locale: Locale): VirtualCard[];
  /** Cards to prove a person with. */
  forPerson(loginName: string, locale: Locale): VirtualCard[];
  /** What the card of this name makes of a message; undefined when there is no such card. */
  sign(
    value: string,
    message: Buffer,
    findHolder: FindHolder,
  ): Promise<{ certificate: string; signature: string } | undefined>;
  /** RFC 6960. @throws at what is no request */
  respond(request: Buffer): Promise<Buffer>;
}

/**
 * The demo's cards. Each is made when it signs, always alike: number and holder follow from its name.
 * @throws ConfigurationError when the folder cannot be used
 */
export async function openVirtualCards(deps: {
  folder: string;
  issuer: string;
  clock: Clock;
}): Promise<VirtualCards> {
  const { authority, cardKeys } = await openCardBox(deps.folder);
  const card = (
    locale: Locale,
    value: string,
    label: string,
    params: Record<string, string> = {},
  ): VirtualCard => ({
    value,
    label: translate(locale, `hca-card.virtual-${label}`, params),
  });

  async function describe(value: string, findHolder: FindHolder) {
    const [, kind, subject = ''] = /^(unit|revoked|expired|person):([\w.-]{1,64})$/.exec(value) ?? [];
    if (kind === undefined) return undefined;
    if (kind === 'person') {
      const holder = (await findHolder(subject)) ?? NOBODY;
      const name: JsonName = [{ C: ['TW'] }, { CN: [holder.name] }];
      return {
        kind,
        name,
        type: PERSON,
        more: [[LAST_FOUR, holder.nationalId.slice(-4)] as [string, string]],
      };
    }
    return { kind, name: [{ C: ['TW'] }, { '2.5.4.5': [subject] }] as JsonName, type: INSTITUTION, more: [] };
  }

  return {
    anchor: Buffer.from(authority.certificate.rawData),
    host: new URL(deps.issuer).host,
    url: `${VIRTUAL_CARDS}/signature`,
    forUnit: (unitCode, locale) => [
      card(locale, `unit:${unitCode}`, 'unit', { unit: unitCode }),
      card(locale, 'unit:0000000000', 'other-unit'),
      card(locale, `revoked:${unitCode}`, 'revoked'),
      card(locale, `expired:${unitCode}`, 'expired'),
      card(locale, 'person:nobody', 'person-of-another'),
    ],
    forPerson: (loginName, locale) => [
      card(locale, `person:${loginName}`, 'person'),
      card(locale, 'person:nobody', 'person-of-another'),
      card(locale, 'unit:0000000000', 'institution'),
    ],
    async sign(value, message, findHolder) {
      const described = await describe(value, findHolder);
      if (!described) return undefined;
      const { kind, name, type, more } = described;
      const digest = createHash('sha256').update(value).digest('hex').slice(0, 28);
      const certificate = await issueCard(authority, {
        ...(kind === 'expired' ? OVER : VALID),
        serialNumber: `${kind === 'revoked' ? REVOKED : '47'}${digest}`,
        subject: name,
        publicKey: cardKeys.publicKey,
        attributes: [[SUBJECT_TYPE, type], ...more],
        ocspUrl: `${deps.issuer}${VIRTUAL_CARDS}/ocsp`,
      });
      const signature = await crypto.subtle.sign(
        CARD_ALGORITHM,
        cardKeys.privateKey,
        new Uint8Array(message),
      );
      return {
        certificate: Buffer.from(certificate.rawData).toString('base64'),
        signature: Buffer.from(signature).toString('base64'),
      };
    },
    respond: (request) =>
      respond(authority, request, {
        now: deps.clock(),
        statusOf: (serial) => (serial.startsWith(REVOKED) ? 'revoked' : 'good'),
      }),
  };
}
