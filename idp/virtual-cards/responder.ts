import { Enumerated, GeneralizedTime, OctetString, Primitive, Constructed } from 'asn1js';
import {
  BasicOCSPResponse,
  Certificate,
  OCSPRequest,
  OCSPResponse,
  ResponseBytes,
  SingleResponse,
} from 'pkijs';
import { HOUR, after } from '#kit/clock.ts';
import type { Authority } from './authority.ts';

const BASIC_RESPONSE = '1.3.6.1.5.5.7.48.1.1';
const NONCE = '1.3.6.1.5.5.7.48.1.2';

export interface ResponderAnswers {
  now: Date;
  /** What is said of the certificate of this serial, hexadecimal. */
  statusOf: (serial: string) => 'good' | 'revoked' | 'unknown';
  /** A responder with a certificate of its own, which then comes along. */
  delegate?: Authority;
  thisUpdate?: Date;
  nextUpdate?: Date;
}

/** RFC 6960: an authority's word on the certificates a request asks for. @throws at what is no request */
export async function respond(
  authority: Authority,
  request: Uint8Array,
  answers: ResponderAnswers,
): Promise<Buffer> {
  const { tbsRequest } = OCSPRequest.fromBER(request);
  const signer = answers.delegate ?? authority;
  const own = Certificate.fromBER(signer.certificate.rawData);
  const response = new BasicOCSPResponse();
  response.tbsResponseData.responderID = own.subject;
  response.tbsResponseData.producedAt = answers.now;
  response.tbsResponseData.responses = tbsRequest.requestList.map(({ reqCert }) => {
    const serial = Buffer.from(reqCert.serialNumber.valueBlock.valueHexView).toString('hex');
    const single = new SingleResponse();
    single.certID = reqCert;
    single.certStatus = statusAsn1(answers.statusOf(serial.replace(/^(00)+(?=.)/, '')), answers.now);
    single.thisUpdate = answers.thisUpdate ?? answers.now;
    single.nextUpdate = answers.nextUpdate ?? after(answers.now, HOUR);
    return single;
  });
  const nonce = tbsRequest.requestExtensions?.filter(({ extnID }) => extnID === NONCE) ?? [];
  if (nonce.length > 0) response.tbsResponseData.responseExtensions = nonce;
  if (answers.delegate) response.certs = [own];
  await response.sign(signer.keys.privateKey, 'SHA-256');
  const bytes = new ResponseBytes({
    responseType: BASIC_RESPONSE,
    response: new OctetString({ valueHex: response.toSchema().toBER(false) }),
  });
  const whole = new OCSPResponse({ responseStatus: new Enumerated({ value: 0 }), responseBytes: bytes });
  return Buffer.from(whole.toSchema().toBER(false));
}

function statusAsn1(status: 'good' | 'revoked' | 'unknown', now: Date): Primitive | Constructed {
  if (status === 'revoked') {
    return new Constructed({
      idBlock: { tagClass: 3, tagNumber: 1 },
      value: [new GeneralizedTime({ valueDate: after(now, -HOUR) })],
    });
  }
  const tagNumber = status === 'good' ? 0 : 2;
  return new Primitive({ idBlock: { tagClass: 3, tagNumber }, lenBlock: { length: 0 } });
}
