import { readFileSync } from 'node:fs';
import { type Certificate } from 'pkijs';
import { ConfigurationError } from '#kit/errors.ts';
import { readCertificate } from './certificate.ts';
import type { CardSettings, CardVerifier } from './types.ts';
import { createCardVerifier } from './verifier.ts';

/**
 * A verifier for the anchors of the settings; none without anchors: then cards are not offered at all.
 * @param virtual the demo's own authority, trusted besides
 * @throws ConfigurationError naming a file that cannot be read as certificates
 */
export function openCardVerifier(
  settings: CardSettings,
  virtual?: { anchor: Buffer; host: string },
): CardVerifier | undefined {
  const own = virtual && readCertificate(virtual.anchor);
  const anchors = [...settings.anchors.flatMap(readCertificates), ...(own ? [own] : [])];
  if (anchors.length === 0) return undefined;
  const intermediates = settings.intermediates.flatMap(readCertificates);
  const revocationHosts = [...settings.revocationHosts, ...(virtual ? [virtual.host] : [])];
  const network = { settings: { ...settings, revocationHosts }, fetch: globalThis.fetch };
  return createCardVerifier({ ...network, anchors, intermediates });
}

/** The one certificate of a DER or PEM file. @throws ConfigurationError */
export function readCertificateFile(file: string): Certificate {
  const [certificate, second] = readCertificates(file);
  if (!certificate || second) throw new ConfigurationError(`${file} is not one certificate`);
  return certificate;
}

/** The certificates of a DER or PEM file. */
function readCertificates(file: string): Certificate[] {
  const bytes = read(file);
  const blocks = [...bytes.toString('latin1').matchAll(/-----BEGIN CERTIFICATE-----([^-]+)-----END/g)];
  const ders = blocks.length > 0 ? blocks.map(([, body = '']) => Buffer.from(body, 'base64')) : [bytes];
  return ders.map((der) => {
    const certificate = readCertificate(der);
    if (!certificate) throw new ConfigurationError(`${file} is no certificate`);
    return certificate;
  });
}

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new ConfigurationError(`${file} cannot be read`, { cause: error });
  }
}
