import { readCertificate } from '#idp/authenticators/hca-card/certificate.ts';
import type { CardAnswer, CardSettings, CardVerifier } from '#idp/authenticators/hca-card/types.ts';
import { createCardVerifier } from '#idp/authenticators/hca-card/verifier.ts';
import type { Card, HcaWorld } from './hca.ts';

/** What a browser sends of a card that signed `message`. */
export function answerOf(card: Card, message: Buffer, nonce = ''): CardAnswer {
  const signature = card.sign(message).toString('base64');
  return { nonce, certificate: card.certificate.toString('base64'), signature, cms: '' };
}

export function cmsAnswer(cms: Buffer): CardAnswer {
  return { nonce: '', certificate: '', signature: '', cms: cms.toString('base64') };
}

/** A verifier that trusts this world's root, or `anchors`. */
export function openVerifier(
  hca: HcaWorld,
  changes: Partial<CardSettings> = {},
  anchors = [hca.root],
  intermediates = [hca.ca],
): CardVerifier {
  const read = (all: typeof anchors) =>
    all.map(({ certificate }) => {
      const parsed = readCertificate(Buffer.from(certificate.rawData));
      if (!parsed) throw new Error('unreadable');
      return parsed;
    });
  return createCardVerifier({
    settings: { ...hca.settings, ...changes },
    anchors: read(anchors),
    intermediates: read(intermediates),
    fetch,
  });
}
