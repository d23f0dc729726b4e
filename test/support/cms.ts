import { OctetString, ObjectIdentifier, PrintableString } from 'asn1js';
import {
  Attribute,
  Certificate,
  ContentInfo,
  EncapsulatedContentInfo,
  IssuerAndSerialNumber,
  SignedAndUnsignedAttributes,
  SignedData,
  SignerInfo,
} from 'pkijs';

/** A CMS message as a card component makes it. */
export async function makeCms(
  certificate: Buffer,
  key: Parameters<SignedData['sign']>[0],
  message: Buffer,
  options: { detached?: boolean; cardNo?: string; with?: Buffer[] },
): Promise<Buffer> {
  const own = Certificate.fromBER(new Uint8Array(certificate));
  const digest = await crypto.subtle.digest('SHA-256', new Uint8Array(message));
  const attribute = (type: string, value: unknown) => new Attribute({ type, values: [value] });
  const signed = new SignedData({
    version: 1,
    encapContentInfo: new EncapsulatedContentInfo({
      eContentType: '1.2.840.113549.1.7.1',
      ...(!options.detached && { eContent: new OctetString({ valueHex: new Uint8Array(message) }) }),
    }),
    signerInfos: [
      new SignerInfo({
        version: 1,
        sid: new IssuerAndSerialNumber({ issuer: own.issuer, serialNumber: own.serialNumber }),
        signedAttrs: new SignedAndUnsignedAttributes({
          type: 0,
          attributes: [
            attribute('1.2.840.113549.1.9.3', new ObjectIdentifier({ value: '1.2.840.113549.1.7.1' })),
            attribute('1.2.840.113549.1.9.4', new OctetString({ valueHex: digest })),
            ...(options.cardNo === undefined
              ? []
              : [attribute('2.16.886.1.100.2.204', new PrintableString({ value: options.cardNo }))]),
          ],
        }),
      }),
    ],
    certificates: [own, ...(options.with ?? []).map((der) => Certificate.fromBER(new Uint8Array(der)))],
  });
  await signed.sign(key, 0, 'SHA-256', new Uint8Array(message));
  const content = new ContentInfo({ contentType: '1.2.840.113549.1.7.2', content: signed.toSchema(true) });
  return Buffer.from(content.toSchema().toBER(false));
}
