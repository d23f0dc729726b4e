import type { webcrypto } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { X509Certificate } from '#kit/x509.ts';
import { z } from 'zod';
import { ConfigurationError } from '#kit/errors.ts';
import { type Authority, CARD_ALGORITHM, createAuthority, newKeys } from './authority.ts';

const schema = z.object({
  certificate: z.string(),
  key: z.string(),
  cardKey: z.string(),
  cardPublicKey: z.string(),
});

/** The authority of one data folder, and the one key that all its cards share. */
export interface CardBox {
  authority: Authority;
  cardKeys: webcrypto.CryptoKeyPair;
}

/**
 * The folder's authority, made at its first use. Of two that make it at once, one wins.
 * @throws ConfigurationError when the folder cannot be written or its file is damaged
 */
export async function openCardBox(folder: string): Promise<CardBox> {
  const file = path.join(folder, 'virtual-cards.json');
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return await read(readOrUndefined(file) ?? (await create(file)));
  } catch (error) {
    throw new ConfigurationError(`${file} cannot be used for virtual cards`, { cause: error });
  }
}

function readOrUndefined(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function create(file: string): Promise<string> {
  const [keys, cardKeys] = await Promise.all([newKeys(), newKeys()]);
  const subject = [{ C: ['TW'] }, { O: ['Demonstration'] }, { CN: ['Virtual HCA'] }];
  const validity = { notBefore: new Date('2020-01-01'), notAfter: new Date('2049-12-31') };
  const { certificate } = await createAuthority({ ...validity, subject, keys });
  const made = {
    certificate: Buffer.from(certificate.rawData).toString('base64'),
    key: await exported('pkcs8', keys.privateKey),
    cardKey: await exported('pkcs8', cardKeys.privateKey),
    cardPublicKey: await exported('spki', cardKeys.publicKey),
  };
  const draft = `${file}.${process.pid}.${crypto.randomUUID()}`;
  writeFileSync(draft, JSON.stringify(made), { mode: 0o600 });
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft);
  }
  return readFileSync(file, 'utf8');
}

async function read(text: string): Promise<CardBox> {
  const kept = schema.parse(JSON.parse(text));
  const certificate = new X509Certificate(Buffer.from(kept.certificate, 'base64'));
  const publicKey = await certificate.publicKey.export(CARD_ALGORITHM, ['verify']);
  return {
    authority: { certificate, keys: { privateKey: await privateKey(kept.key), publicKey } },
    cardKeys: {
      privateKey: await privateKey(kept.cardKey),
      publicKey: await crypto.subtle.importKey(
        'spki',
        Buffer.from(kept.cardPublicKey, 'base64'),
        CARD_ALGORITHM,
        true,
        ['verify'],
      ),
    },
  };
}

function privateKey(base64: string): Promise<webcrypto.CryptoKey> {
  return crypto.subtle.importKey('pkcs8', Buffer.from(base64, 'base64'), CARD_ALGORITHM, true, ['sign']);
}

async function exported(format: 'pkcs8' | 'spki', key: webcrypto.CryptoKey): Promise<string> {
  return Buffer.from(await crypto.subtle.exportKey(format, key)).toString('base64');
}
