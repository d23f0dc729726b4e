import { randomBytes } from 'node:crypto';
import { OctetString, fromBER } from 'asn1js';
import {
  BasicOCSPResponse,
  CertID,
  type Certificate,
  ExtKeyUsage,
  Extension,
  OCSPRequest,
  OCSPResponse,
  type SingleResponse,
  getCrypto,
} from 'pkijs';
import { DAY, MINUTE, after } from '#kit/clock.ts';
import { isStrong, isWithinValidity } from '../certificate.ts';
import { type Network, ask } from './ask.ts';

const NONCE = '1.3.6.1.5.5.7.48.1.2';
const OCSP_SIGNING = '1.3.6.1.5.5.7.3.9';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const MAX_BYTES = 64 * 1024;
const SKEW_MS = 5 * MINUTE;
const SUCCESSFUL = 0;

/** `unknown`: its own authority does not know it. */
export type Status = 'good' | 'revoked' | 'unknown';

/** RFC 6960: what the responder says; undefined when it says nothing that can be relied on. */
export async function askResponder(
  network: Network,
  url: string,
  { certificate, issuer, now }: { certificate: Certificate; issuer: Certificate; now: Date },
): Promise<Status | undefined> {
  const nonce = new OctetString({ valueHex: new Uint8Array(randomBytes(16)) }).toBER(false);
  const request = new OCSPRequest();
  // RFC 5019: every responder knows SHA-1 identifiers; they name a certificate and protect nothing
  await request.createForCertificate(certificate, { hashAlgorithm: 'SHA-1', issuerCertificate: issuer });
  request.tbsRequest.requestExtensions = [new Extension({ extnID: NONCE, extnValue: nonce })];
  const body = new Uint8Array(request.toSchema(true).toBER(false));
  const answer = await ask(network, url, MAX_BYTES, { type: 'application/ocsp-request', body });
  if (!answer) return undefined;
  try {
    const response = readResponse(answer);
    if (!response || !(await isByAuthority(response, issuer, now)) || !hasNonce(response, nonce))
      return undefined;
    const single = await findSingle(response, certificate, issuer);
    return single && isCurrent(single, now) ? statusOf(single) : undefined;
  } catch {
    return undefined;
  }
}

function readResponse(bytes: Uint8Array): BasicOCSPResponse | undefined {
  const { responseStatus, responseBytes } = OCSPResponse.fromBER(bytes);
  if (responseStatus.valueBlock.valueDec !== SUCCESSFUL || !responseBytes) return undefined;
  return new BasicOCSPResponse({ schema: fromBER(responseBytes.response.valueBlock.valueHexView).result });
}

/** RFC 6960, 4.2.2.2: signed by the issuer itself, or by whom it certified for this and nothing less. */
async function isByAuthority(response: BasicOCSPResponse, issuer: Certificate, now: Date): Promise<boolean> {
  for (const signer of [issuer, ...(response.certs ?? []).slice(0, 3)]) {
    if (signer !== issuer && !(await isDelegate(signer, issuer, now))) continue;
    if (await isSignedBy(response, signer)) return true;
  }
  return false;
}

async function isSignedBy(response: BasicOCSPResponse, signer: Certificate): Promise<boolean> {
  const { tbsResponseData, signature, signatureAlgorithm } = response;
  if (!isStrong(signatureAlgorithm)) return false;
  const key = signer.subjectPublicKeyInfo;
  return getCrypto(true)
    .verifyWithPublicKey(tbsResponseData.tbsView, signature, key, signatureAlgorithm)
    .catch(() => false);
}

async function isDelegate(signer: Certificate, issuer: Certificate, now: Date): Promise<boolean> {
  const usage = signer.extensions?.find(({ extnID }) => extnID === EXTENDED_KEY_USAGE)
    ?.parsedValue as unknown;
  const isMeant = usage instanceof ExtKeyUsage && usage.keyPurposes.includes(OCSP_SIGNING);
  if (!isMeant || !signer.issuer.isEqual(issuer.subject) || !isWithinValidity(signer, now)) return false;
  return signer.verify(issuer).catch(() => false);
}

/** Responders that answer from a store send no nonce; one that does must send ours. */
function hasNonce({ tbsResponseData }: BasicOCSPResponse, nonce: ArrayBuffer): boolean {
  const sent = tbsResponseData.responseExtensions?.find(({ extnID }) => extnID === NONCE);
  return !sent || Buffer.from(sent.extnValue.valueBlock.valueHexView).equals(Buffer.from(nonce));
}

async function findSingle(
  { tbsResponseData }: BasicOCSPResponse,
  certificate: Certificate,
  issuer: Certificate,
): Promise<SingleResponse | undefined> {
  const id = new CertID();
  await id.createForCertificate(certificate, { hashAlgorithm: 'SHA-1', issuerCertificate: issuer });
  return tbsResponseData.responses.find((single) => single.certID.isEqual(id));
}

function isCurrent({ thisUpdate, nextUpdate }: SingleResponse, now: Date): boolean {
  const until = nextUpdate ?? after(thisUpdate, DAY);
  return thisUpdate <= after(now, SKEW_MS) && now <= after(until, SKEW_MS);
}

/** CertStatus: good [0], revoked [1], unknown [2]. */
function statusOf(single: SingleResponse): Status {
  const { tagNumber } = (single.certStatus as { idBlock: { tagNumber: number } }).idBlock;
  return tagNumber === 0 ? 'good' : tagNumber === 1 ? 'revoked' : 'unknown';
}
